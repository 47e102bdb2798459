"""Every address of the shop."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from shop.payments.api import hooks
from shop.platform.http import home
from shop.platform.http.urls import urlpatterns as pages
from shop.project.api import api

urlpatterns = [
    *pages,
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("hooks/payments/<slug:provider>", hooks.receive, name="payment-hook"),
]
if apps.is_installed("shop.payments.test_gateway"):
    urlpatterns += [path("test-gateway/", include("shop.payments.test_gateway.api.urls"))]

handler400 = home.bad_request
handler403 = home.forbidden
handler404 = home.not_found
handler500 = home.failed
