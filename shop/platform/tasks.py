"""The tasks framework of Django 6, or its backport on Django 5.2. Nothing else imports it from where it is."""

from typing import TYPE_CHECKING

import django

if TYPE_CHECKING or django.VERSION < (6, 0):
    from django_tasks import TaskResult, TaskResultStatus, task
    from django_tasks.backends.base import BaseTaskBackend
    from django_tasks.base import Task
    from django_tasks.exceptions import InvalidTaskError as InvalidTask
else:
    from django.tasks import TaskResult, TaskResultStatus, task
    from django.tasks.backends.base import BaseTaskBackend
    from django.tasks.base import Task
    from django.tasks.exceptions import InvalidTask

__all__ = ["BaseTaskBackend", "InvalidTask", "Task", "TaskResult", "TaskResultStatus", "task"]
