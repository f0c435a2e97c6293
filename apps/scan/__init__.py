"""The command ``scan``: whole corpora, shard by shard, on this machine's cores or on a Ray cluster.

Beside ``detect``, which reads articles for people: shards to chunks of records (:mod:`.chunks`), chunks
to rows (:mod:`.judging`), rows to one output shard for each input shard (:mod:`.output`). Both engines
judge the same chunks, so that both give the same bytes.
"""

from misplaced.apps.scan.command import scan

__all__ = ["scan"]
