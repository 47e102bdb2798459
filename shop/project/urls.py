"""Every address of the shop."""

from django.contrib import admin
from django.urls import path

from shop.payments.api import hooks, three_d_secure
from shop.platform.http import home
from shop.platform.http.doors import urlpatterns as doors
from shop.project.api import api

urlpatterns = [
    *doors,
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("hooks/payments/<slug:provider>", hooks.receive, name="payment-hook"),
    path("test-gateway/3ds/<uuid:reference>", three_d_secure.challenge, name="test-gateway-challenge"),
]

handler400 = home.bad_request
handler403 = home.forbidden
handler404 = home.not_found
handler500 = home.failed
