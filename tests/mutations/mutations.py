#!/usr/bin/env python3
"""Small ways to break the code that keeps a DAG's state, for mutate.sh.

usage: mutations.py list                       NAME PART of each, a line each; PART: of the
                                               simulator, or the executable of a unit test
       mutations.py apply NAME ROOT            changes the copy of the tree at ROOT
       mutations.py undo NAME ROOT             puts it right again
       mutations.py tell NAME                  what it breaks

A mutation is a text in one file that another takes the place of. One that no longer fits says so.
"""
import sys

# name: (part of the simulator or unit test, file, what it breaks, text, text instead)
MUTATIONS = {
    "log_not_synced": (
        "log",
        "src/durable/record_log.c",
        "the record log says synced and isn't",
        "        if (!log->storage->sync(log->writer.file, err)) {",
        "        if (false) {",
    ),
    "log_tail_not_cut": (
        "log",
        "src/durable/record_log.c",
        "what lies behind the first hole stays, and the next records come behind it",
        "    if (is_longer && !log->storage->truncate(log->writer.file, last->size, err))",
        "    if (false && !log->storage->truncate(log->writer.file, is_longer, err))",
    ),
    "log_not_settled": (
        "log",
        "src/durable/record_log.c",
        "a new process trusts what only the page cache has",
        "        done = settle_newest(options, err) && log_scan(&scan, options, own, err) &&",
        "        (void)settle_newest;\n        done = log_scan(&scan, options, own, err) &&",
    ),
    "journal_order_not_synced": (
        "dag",
        "src/durable/keeper_journal.c",
        "a sink commits a cycle whose order can still be lost",
        "is_enough ? !record_tail_push(&keeper->tail, err) : !record_tail_sync(&keeper->tail, err)",
        "(is_enough || !must_sync) ? !record_tail_push(&keeper->tail, err)\n"
        "                             : !record_tail_sync(&keeper->tail, err)",
    ),
    "checkpoint_early": (
        "dag",
        "src/durable/keeper_checkpoint.c",
        "a checkpoint is published before everything up to it is out",
        "           keeper->pending[0].cycle <= atomic_load(&keeper->watermark);",
        "           (keeper->pending[0].cycle <= atomic_load(&keeper->watermark) || true);",
    ),
    "checkpoint_not_synced": (
        "dag",
        "src/durable/small_files.c",
        "a checkpoint, or an identity, gets its name before its bytes are on the disk",
        "storage->write(file, bytes, size, err) && storage->sync(file, err);",
        "storage->write(file, bytes, size, err);",
    ),
    "checkpoint_only_one_kept": (
        "dag",
        "src/durable/checkpoint.c",
        "the older checkpoint goes, too",
        "    bool has_older = false;\n\n    for (size_t i = 0; i < names->count; i++) {",
        "    bool has_older = true;\n\n    for (size_t i = 0; i < names->count; i++) {",
    ),
    "acknowledged_at_the_watermark": (
        "dag",
        "src/durable/keeper.c",
        "sources forget what the checkpoints still need",
        "    else if (keeper->may_watermark)",
        "    else",
    ),
    "acknowledged_at_the_newest": (
        "dag",
        "src/durable/keeper.c",
        "sources forget up to the newest checkpoint, which may turn out damaged",
        "    uint64_t cycle = atomic_load(&keeper->older_cycle);\n    uint64_t other = 0;",
        "    uint64_t cycle = keeper->newest_cycle;\n    uint64_t other = 0;",
    ),
    "trimmed_to_the_newest": (
        "dag",
        "src/durable/keeper_journal.c",
        "the journal doesn't reach back to the older checkpoint",
        "    uint64_t older = atomic_load(&keeper->older_cycle);",
        "    uint64_t older = keeper->newest_cycle;",
    ),
    "numbers_come_again": (
        "dag",
        "src/durable/keeper_begin.c",
        "at-least-once: numbers are not taken from behind the reserved block",
        "    keeper->last_key = larger(known, keeper->reserved);",
        "    keeper->last_key = known;",
    ),
    "length_first": (
        "dag",
        "src/connectors/file/exact.c",
        "a file's length is written down before its bytes are on the disk",
        "    if (!output_sync(sink, err))\n        return DAG_WRITE_FAILED;\n"
        "    if (is_time_to_rotate",
        "    if (is_time_to_rotate",
    ),
    "progress_not_skipped": (
        "dag",
        "src/runtime/sink.c",
        "cycles that a sink holds are written to it again",
        "    if (sink->progress > 0 && (written",
        "    if (sink->progress > UINT64_MAX - 1 && (written",
    ),
    "file_not_cut_back": (
        "dag",
        "src/connectors/file/exact.c",
        "what a file holds behind its length stays",
        "dag_file_truncate(sink->host, sink->file, length, err)",
        "((void)length, true)",
    ),
    "sink_not_synced": (
        "dag",
        "src/connectors/file/output.c",
        "a sink reports what is not on the disk",
        "dag_file_sync(sink->host, sink->file, err)",
        "((void)err, true)",
    ),
    "mark_ahead_of_the_journal": (
        "test_durable_spill",
        "src/runtime/sink.c",
        "a publisher is told of cycles whose order can still be lost",
        "    if (delivery->mark > ordered)",
        "    if (false && delivery->mark > ordered)",
    ),
    "spill_not_synced": (
        "dag",
        "src/durable/spill_log.c",
        "a spill log reports rows that are not on the disk",
        "    bool done = record_tail_sync(&log->tail, err);",
        "    bool done = record_tail_push(&log->tail, err);",
    ),
    "spill_progress_not_told": (
        "dag",
        "src/durable/spill_log.c",
        "cycles that a spill log holds are written to it again",
        "    *cycle = ((struct writer *)state)->log->last_cycle;",
        "    *cycle = 0 * ((struct writer *)state)->log->last_cycle;",
    ),
    "spill_not_cut": (
        "test_durable_spill_log",
        "src/durable/spill_log.c",
        "a spill log keeps parts of cycles, and cycles that the journal doesn't know",
        "    if (is_exactly_once && found.whole_key < report.last_key && !cut(",
        "    if (false && is_exactly_once && !cut(",
    ),
    "state_not_saved": (
        "dag",
        "src/runtime/snapshot.c",
        "a checkpoint lacks what the nodes retain",
        "    if (with_state) {",
        "    if (with_state && snapshot->cycle == UINT64_MAX) {",
    ),
}


def change(root, name, old, new):
    path = root + "/" + MUTATIONS[name][1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(old) < 1:
        sys.exit("%s no longer fits %s: bring it up to date" % (name, MUTATIONS[name][1]))
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def main():
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "list":
        for name, mutation in MUTATIONS.items():
            print(name, mutation[0])
    elif what == "tell":
        print(MUTATIONS[sys.argv[2]][2])
    elif what == "apply":
        _, _, _, old, new = MUTATIONS[sys.argv[2]]
        change(sys.argv[3], sys.argv[2], old, new)
    elif what == "undo":
        _, _, _, old, new = MUTATIONS[sys.argv[2]]
        change(sys.argv[3], sys.argv[2], new, old)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
