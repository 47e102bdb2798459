"""The pages beside the API and the admin."""

from django.urls import path

from shop.platform.http import docs, guides, home, mailbox, media, probes, well_known

urlpatterns = [
    path("", home.home, name="home"),
    path("swagger/", docs.swagger, name="swagger"),
    path("swagger", docs.swagger),
    path("redoc/", docs.redoc, name="redoc"),
    path("redoc", docs.redoc),
    path("redoc/bundle.js", docs.redoc_script, name="redoc-script"),
    path("docs/", guides.guide, name="guides"),
    path("docs/<slug:name>/", guides.guide, name="guide"),
    path("openapi.json", docs.openapi, name="openapi"),
    path("health/live", probes.live, name="live"),
    path("health/ready", probes.ready, name="ready"),
    path("metrics", probes.exposition, name="metrics"),
    path(".well-known/security.txt", well_known.security, name="security"),
    path(".well-known/change-password", well_known.change_password, name="change-password"),
    path(".well-known/api-catalog", well_known.catalog, name="api-catalog"),
    path("robots.txt", well_known.robots, name="robots"),
    path("favicon.ico", well_known.favicon, name="favicon"),
    path("media/products/<str:name>", media.picture, name="picture"),
    path("dev/mailbox/", mailbox.index, name="mailbox"),
    path("dev/mailbox/clear", mailbox.clear, name="mailbox-clear"),
    path("dev/mailbox/<slug:name>/", mailbox.mail, name="mailbox-mail"),
    path("dev/mailbox/<slug:name>.eml", mailbox.download, name="mailbox-download"),
]
