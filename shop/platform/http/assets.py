"""Static files in production: collected, compressed and named by their content, so that browsers keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Before collectstatic has run, pages look bare instead of failing."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name
