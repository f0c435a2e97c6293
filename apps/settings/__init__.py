"""Settings: what holds for a run and for each file of it, and where that was said.

Before everything else a command does: files (:mod:`~misplaced.apps.settings.source`, found by
:mod:`~misplaced.apps.settings.discovery`), environment and flags are laid over each other by
:class:`Resolver`.
"""

from misplaced.apps.settings.resolver import Resolved, Resolver

__all__ = ["Resolved", "Resolver"]
