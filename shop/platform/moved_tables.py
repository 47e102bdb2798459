"""Migration operations for a table that moves to an app that not every shop installs.

The old app's migration forgets the model, the new app's first migration adopts the table under its old name.
"""

from typing import Any

from django.apps import apps as installed
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel, DeleteModel
from django.db.migrations.state import ProjectState
from django.db.models import Model


class AdoptModel(CreateModel):
    """The table is created unless it exists. Going back leaves it to the app that had it before."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _exists(schema_editor, to_state.apps.get_model(app_label, self.name)):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Nothing to do: the table was there before."""


class ForgetModel(DeleteModel):
    """The app has the model no more. Its table is dropped where it is empty and the app `heir` is not installed."""

    def __init__(self, name: str, heir: str) -> None:
        self.heir = heir
        super().__init__(name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"name": self.name, "heir": self.heir}

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model: Any = from_state.apps.get_model(app_label, self.name)
        if installed.is_installed(self.heir) or not _exists(schema_editor, model):
            return
        if not model._base_manager.using(schema_editor.connection.alias).exists():
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _exists(schema_editor, to_state.apps.get_model(app_label, self.name)):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def _exists(schema_editor: BaseDatabaseSchemaEditor, model: type[Model]) -> bool:
    return model._meta.db_table in schema_editor.connection.introspection.table_names()
