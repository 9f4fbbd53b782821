"""Rows that somebody deletes while a request is busy with them."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def gone_once_read(rows):
    """``rows`` are deleted as soon as the request has read from their table."""
    table, read, gone = rows.model._meta.db_table, [], []

    def watch(execute, sql, params, many, context):
        if read and not gone:
            gone.append(sql)
            rows.delete()
        answer = execute(sql, params, many, context)
        if f'FROM "{table}"' in sql and not gone:
            read.append(sql)
        return answer

    with connection.execute_wrapper(watch):
        yield
    assert gone
