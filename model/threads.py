"""One thread for the matrices of an article.

They are so small that a linear algebra library's threads wait for each other longer than they multiply.
Networks have threads of their own (:mod:`misplaced.encoder`), which this leaves alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["one_thread"]


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looking for the libraries takes a millisecond


def one_thread() -> AbstractContextManager[Any]:
    """Keep the calling thread's matrix products to one thread, for a while.

    Libraries that keep one number of threads for the whole process have it limited for all (scikit-learn's
    estimators do likewise).
    """
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit
