from django.apps import AppConfig


class TestGatewayConfig(AppConfig):
    name = "shop.payments.test_gateway"
    label = "test_gateway"
    verbose_name = "Test gateway"
