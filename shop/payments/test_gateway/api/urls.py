from django.urls import path

from shop.payments.test_gateway.api import confirm, three_d_secure

urlpatterns = [
    path("3ds/<uuid:reference>", three_d_secure.challenge, name="test-gateway-challenge"),
    path("confirm", confirm.confirm, name="test-gateway-confirm"),
]
