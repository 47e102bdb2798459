"""A transaction that leaves nothing, around acts that believe to commit."""

from types import TracebackType

from django.db import transaction


class RolledBack(transaction.Atomic):
    """What happens inside seems to happen outside of any transaction, as in a test, and has not happened afterwards."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        transaction.set_rollback(True)
        super().__exit__(kind, value, traceback)
