/* replay.c - `dagd replay`: runs a stretch of a journal again, into files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/replay_parts.h"
#include "durable/data_folder.h"
#include "durable/replayer.h"
#include "durable/stretch.h"
#include "runtime/runtime.h"

#define THREADS_MAX 1024
#define BATCH_MAX   1024

/** A run of the DAG: cycles behind a checkpoint under one definition. */
struct piece {
    struct plan *plan;                    /* owned until the runtime has it */
    const struct plan_publisher *letters; /* in the plan's arena */
    struct checkpoint checkpoint;         /* owned; without a document: nothing had been seen */
    uint64_t to;
};

struct replay {
    const char *file, *data, *out;
    uint64_t from, to;
    uint32_t threads, batch_rows;
    const struct registry *registry;

    struct plan *plan;          /* owned: of the file */
    struct data_folder *folder; /* owned */
    const char *dag_folder;     /* borrowed from it */
    char *journal;              /* owned */
    struct stretch stretch;
    struct piece *pieces; /* owned */
    size_t piece_count;
    int done_fd;
};

static int failure(const struct dag_error *err, int code)
{
    fprintf(stderr, "dagd replay: error: %s\n", err->message);
    return code;
}

static int failure_by_code(const struct dag_error *err)
{
    return failure(err, err->code == DAG_ERROR_INVALID || err->code == DAG_ERROR_UNSUPPORTED
                            ? CLI_INVALID
                            : CLI_IO);
}

static int refusal(const char *format, ...) DAG_PRINTF(1, 2);

static int refusal(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "dagd replay: error: ");
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n");
    return CLI_INVALID;
}

/* ---- definitions -------------------------------------------------------------------------------
 */

static struct plan *check(const struct replay *replay, const char *path, const char *text,
                          size_t size)
{
    struct check_options options = {.path = replay->file};
    struct problems problems = {0};
    struct dag_error err = {0};
    struct plan *plan = graph_check(text, size, replay->registry, &options, &problems, &err);

    if (!plan) {
        cli_print_problems(path, &problems);
        if (problems.error_count == 0)
            failure(&err, CLI_INVALID);
    }
    problems_free(&problems);
    return plan;
}

static int read_file_given(struct replay *replay)
{
    struct dag_error err = {0};
    size_t size;
    char *text = cli_read_file(replay->file, &size, &err);

    if (!text)
        return failure(&err, CLI_IO);
    replay->plan = check(replay, replay->file, text, size);
    free(text);
    return replay->plan ? CLI_OK : CLI_INVALID;
}

/** Variables were replaced before the definition was journaled: what looks like one is none. */
static bool escape_variables(const struct dag_buffer *definition, struct dag_buffer *out)
{
    for (size_t i = 0; i < definition->size; i++) {
        bool is_dollar = definition->bytes[i] == '$' && i + 1 < definition->size &&
                         definition->bytes[i + 1] == '{';
        if (!dag_buffer_append(out, is_dollar ? "$$" : definition->bytes + i, is_dollar ? 2 : 1))
            return false;
    }
    return true;
}

static bool is_of_file(const struct replay *replay, const struct stretch_part *part)
{
    const struct tree *source = replay->plan->source;

    return part->definition.size == 0 ||
           (part->definition.size == source->json_size &&
            memcmp(part->definition.bytes, source->json, source->json_size) == 0);
}

/** The plan in force in a part, a new one. NULL: said why. */
static struct plan *plan_of(const struct replay *replay, const struct stretch_part *part)
{
    struct dag_error err = {0};
    struct dag_buffer text = {0};
    struct plan *plan = NULL;

    if (is_of_file(replay, part)) {
        size_t size;
        char *file = cli_read_file(replay->file, &size, &err);
        if (file)
            plan = check(replay, replay->file, file, size);
        else
            failure(&err, CLI_IO);
        free(file);
        return plan;
    }
    fprintf(stderr,
            "dagd replay: note: the definition in force from cycle %" PRIu64 " to %" PRIu64
            " differs from %s: the journal's is used\n",
            part->first_cycle, part->last, replay->file);
    if (escape_variables(&part->definition, &text))
        plan = check(replay, "(definition in the journal)", text.bytes, text.size);
    dag_buffer_free(&text);
    return plan;
}

/* ---- what to run -------------------------------------------------------------------------------
 */

static int open_folder(struct replay *replay)
{
    struct dag_error err = {0};

    if (data_folder_open(storage_disk(), replay->data, true, true, &replay->folder, &err) !=
        DATA_FOLDER_OK)
        return failure_by_code(&err);
    replay->dag_folder = data_folder_dag(replay->folder, replay->plan->name, &err);
    if (replay->dag_folder)
        replay->journal = path_join(replay->dag_folder, "journal", &err);
    return replay->journal ? CLI_OK : failure_by_code(&err);
}

static int read_journal(struct replay *replay)
{
    struct dag_file_info info;
    struct dag_error err = {0};

    if (!storage_disk()->path_info(storage_disk(), replay->journal, &info, &err))
        return failure_by_code(&err);
    if (!info.exists)
        return refusal("DAG '%s' keeps no journal: nothing of it can be replayed",
                       replay->plan->name);
    if (!stretch_read(storage_disk(), replay->journal, &replay->stretch, &err))
        return failure_by_code(&err);
    if (replay->stretch.count == 0)
        return refusal("the journal of DAG '%s' holds no cycle", replay->plan->name);
    uint64_t last = replay->stretch.parts[replay->stretch.count - 1].last;
    if (replay->to > last)
        return refusal("--to %" PRIu64 " lies beyond the journal's end: it holds cycles up to "
                       "%" PRIu64,
                       replay->to, last);
    return CLI_OK;
}

/** A checkpoint of a part can begin a replay of it when its definition is known to be the part's.
 */
static bool suits(const struct replay *replay, const struct stretch_part *part,
                  const struct checkpoint *checkpoint)
{
    char hash[20];

    if (part->definition.size > 0 && checkpoint->cycle >= part->defined_from)
        return true;
    if (part->definition.size == 0)
        definition_hash(replay->plan, hash);
    else
        definition_hash_text(part->definition.bytes, part->definition.size, hash);
    return strcmp(hash, checkpoint->definition) == 0;
}

/** From where on a replay could begin, behind cycle `least`. */
static int refuse_from(const struct replay *replay, uint64_t from, uint64_t least, const char *why)
{
    struct checkpoint oldest;
    struct dag_error err = {0};
    uint64_t last = replay->stretch.parts[replay->stretch.count - 1].last;
    bool found = false;

    while (checkpoint_read_between(storage_disk(), replay->dag_folder, least, last - 1, false,
                                   &oldest, &err)) {
        const struct stretch_part *part =
            &replay->stretch.parts[stretch_find(&replay->stretch, oldest.cycle + 1)];
        uint64_t cycle = oldest.cycle;
        found = cycle >= part->after && suits(replay, part, &oldest);
        checkpoint_deinit(&oldest);
        if (found)
            return refusal("cycle %" PRIu64 " %s: replay is possible from cycle %" PRIu64 " on",
                           from, why, cycle + 1);
        least = cycle + 1;
    }
    if (err.code != DAG_ERROR_NONE)
        return failure_by_code(&err);
    return refusal("cycle %" PRIu64
                   " %s, and there is no checkpoint that a replay could begin with "
                   "yet",
                   from, why);
}

static const char not_retained[] = "is not retained any more";

/** The checkpoint that the first piece begins with. */
static int find_begin(struct replay *replay, const struct stretch_part *part,
                      struct checkpoint *checkpoint)
{
    struct dag_error err = {0};
    bool found = replay->from > part->after &&
                 checkpoint_read_between(storage_disk(), replay->dag_folder, part->after,
                                         replay->from - 1, true, checkpoint, &err);

    if (found && suits(replay, part, checkpoint))
        return CLI_OK;
    checkpoint_deinit(checkpoint);
    if (err.code != DAG_ERROR_NONE)
        return failure_by_code(&err);
    /* the beginning of all: nothing had been seen, and the sources aren't needed */
    if (!found && part->after == 0 && part == replay->stretch.parts)
        return CLI_OK;
    return refuse_from(replay, replay->from, part->after,
                       part == replay->stretch.parts
                           ? not_retained
                           : "has no checkpoint before it that is of its definition");
}

static int add_piece(struct replay *replay, const struct stretch_part *part, uint64_t to,
                     struct checkpoint *checkpoint)
{
    struct piece *piece = &replay->pieces[replay->piece_count++];
    struct dag_error err = {0};

    piece->checkpoint = *checkpoint;
    piece->to = to < part->last ? to : part->last;
    piece->plan = plan_of(replay, part);
    if (!piece->plan)
        return CLI_INVALID;
    if (strcmp(piece->plan->name, replay->plan->name) != 0)
        return refusal("the journal's definition is of DAG '%s'", piece->plan->name);
    if (!checkpoint->document && piece->plan->journal != PLAN_JOURNAL_EVENTS)
        return refuse_from(replay, replay->from, 0, not_retained);
    return replay_redirect(piece->plan, replay->out, replay->from, &piece->letters, &err)
               ? CLI_OK
               : failure(&err, CLI_INVALID);
}

/** A definition that changed inside the stretch begins with the state at its first cycle. */
static int find_pieces(struct replay *replay)
{
    const struct stretch *stretch = &replay->stretch;
    size_t first = stretch_find(stretch, replay->from);
    struct checkpoint checkpoint = {0};

    replay->pieces = calloc(stretch->count, sizeof(*replay->pieces));
    if (!replay->pieces)
        return CLI_IO;
    int code = find_begin(replay, &stretch->parts[first], &checkpoint);
    if (code == CLI_OK)
        code = add_piece(replay, &stretch->parts[first], replay->to, &checkpoint);
    for (size_t i = first + 1; code == CLI_OK && i < stretch->count; i++) {
        const struct stretch_part *part = &stretch->parts[i];
        struct dag_error err = {0};
        if (part->after >= replay->to)
            break;
        if (checkpoint_read_between(storage_disk(), replay->dag_folder, part->after, part->after,
                                    true, &checkpoint, &err)) {
            code = add_piece(replay, part, replay->to, &checkpoint);
            continue;
        }
        if (err.code != DAG_ERROR_NONE)
            return failure_by_code(&err);
        return refusal("the definition changed behind cycle %" PRIu64
                       ", and no checkpoint of that cycle is left: replay up to it, or from a "
                       "later one on",
                       part->after);
    }
    return code;
}

/* ---- the files ---------------------------------------------------------------------------------
 */

static bool make_file(const char *path, struct dag_error *err)
{
    struct storage *storage = storage_disk();
    struct dag_file_info info;

    if (!path)
        return dag_error_set_memory(err, "a path");
    if (!storage->path_info(storage, path, &info, err))
        return false;
    if (info.exists)
        return dag_error_set(err, DAG_ERROR_IO, "'%s' is there already: name an empty folder",
                             path);
    struct dag_file *file =
        storage->open(storage, path, DAG_OPEN_WRITE | DAG_OPEN_CREATE | DAG_OPEN_TRUNCATE, err);
    if (!file)
        return false;
    storage->close(file);
    return true;
}

static bool was_made(const struct replay *replay, size_t pieces, const char *name)
{
    for (size_t i = 0; i < pieces; i++) {
        const struct plan *plan = replay->pieces[i].plan;
        for (size_t j = 0; j < plan->publisher_count; j++)
            if (strcmp(plan->publishers[j].name, name) == 0)
                return true;
        if (replay->pieces[i].letters && strcmp(replay->pieces[i].letters->name, name) == 0)
            return true;
    }
    return false;
}

/* The file for the publisher number `publisher` of a piece, unless an earlier piece has made it. */
static bool make_once(const struct replay *replay, size_t piece, size_t publisher, const char *name,
                      struct dag_error *err)
{
    return was_made(replay, piece, name) ||
           make_file(replay_path(replay->pieces[piece].plan, publisher, replay->out), err);
}

static int make_files(struct replay *replay)
{
    struct dag_error err = {0};

    for (size_t i = 0; i < replay->piece_count; i++) {
        const struct plan *plan = replay->pieces[i].plan;
        const struct plan_publisher *letters = replay->pieces[i].letters;
        for (size_t j = 0; j < plan->publisher_count; j++)
            if (!make_once(replay, i, j, plan->publishers[j].name, &err))
                return failure(&err, CLI_IO);
        if (letters && !make_once(replay, i, plan->publisher_count, letters->name, &err))
            return failure(&err, CLI_IO);
    }
    return CLI_OK;
}

/* ---- running ---------------------------------------------------------------------------- */

static void note_done(void *context)
{
    const struct replay *replay = context;
    uint64_t one = 1;

    while (write(replay->done_fd, &one, sizeof(one)) < 0 && errno == EINTR)
        continue;
}

static bool is_done(const struct replay *replay)
{
    uint64_t count;

    return read(replay->done_fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static int run_dag(const struct replay *replay, struct runtime *runtime, struct dag *dag,
                   struct replayer *replayer)
{
    struct dag_error err = {0};
    char why[600] = "";

    if (!dag_keep(dag, replayer_durability(replayer), &err) || !dag_start(dag, &err))
        return failure_by_code(&err);
    runtime_wait(runtime, -1, replay->done_fd);
    dag_stop(dag, false); /* everything is out */
    dag_wait(dag, -1);
    if (is_done(replay))
        return CLI_OK;
    dag_failure(dag, why, sizeof(why));
    fprintf(stderr, "dagd replay: error: %s\n", why[0] ? why : "it ended before its last cycle");
    return CLI_IO;
}

static int run_piece(struct replay *replay, struct piece *piece)
{
    struct runtime_options options = {.threads = replay->threads, .batch_rows = replay->batch_rows};
    struct replayer_options how = {
        .storage = storage_disk(),
        .journal_folder = replay->journal,
        .plan = piece->plan,
        .checkpoint = piece->checkpoint.document ? &piece->checkpoint : NULL,
        .to = piece->to,
        .letters = piece->letters,
        .done = note_done,
        .context = replay,
    };
    struct dag_error err = {0};
    struct runtime *runtime = runtime_new(&options, &err);
    struct replayer *replayer = runtime ? replayer_new(&how, &err) : NULL;
    struct dag *dag = NULL;

    if (replayer) {
        dag = runtime_add(runtime, piece->plan, &err);
        piece->plan = NULL;
    }
    int code = dag ? run_dag(replay, runtime, dag, replayer) : failure_by_code(&err);
    runtime_free(runtime);
    replayer_free(replayer);
    return code;
}

static int run_pieces(struct replay *replay)
{
    struct dag_error err = {0};
    int code = CLI_OK;

    replay->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (replay->done_fd < 0) {
        dag_error_set_errno(&err, "cannot wait");
        return failure(&err, CLI_IO);
    }
    for (size_t i = 0; code == CLI_OK && i < replay->piece_count; i++)
        code = run_piece(replay, &replay->pieces[i]);
    if (code == CLI_OK)
        fprintf(stderr, "%s: cycles %" PRIu64 " to %" PRIu64 " are replayed into %s\n",
                replay->plan->name, replay->from, replay->to, replay->out);
    return code;
}

/* ---- the command line --------------------------------------------------------------------------
 */

static bool parse_number(const char *text, uint64_t max, uint64_t *number)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *number = value;
    return text[0] >= '0' && text[0] <= '9' && !*end && !errno && value >= 1 && value <= max;
}

static int take_option(struct replay *replay, int option)
{
    uint64_t number = 0;

    switch (option) {
    case 'd':
        replay->data = optarg;
        return CLI_OK;
    case 'o':
        replay->out = optarg;
        return CLI_OK;
    case 'f':
        return parse_number(optarg, UINT64_MAX - 1, &replay->from)
                   ? CLI_OK
                   : cli_usage_error("replay", "--from: '%s' is no number of a cycle", optarg);
    case 't':
        return parse_number(optarg, UINT64_MAX - 1, &replay->to)
                   ? CLI_OK
                   : cli_usage_error("replay", "--to: '%s' is no number of a cycle", optarg);
    case 'n':
        if (!parse_number(optarg, THREADS_MAX, &number))
            return cli_usage_error("replay", "--threads: '%s' is not a number from 1 to %d", optarg,
                                   THREADS_MAX);
        replay->threads = (uint32_t)number;
        return CLI_OK;
    default:
        if (!parse_number(optarg, BATCH_MAX, &number))
            return cli_usage_error("replay", "--batch: '%s' is not a number from 1 to %d", optarg,
                                   BATCH_MAX);
        replay->batch_rows = (uint32_t)number;
        return CLI_OK;
    }
}

static int parse(struct replay *replay, int argc, char **argv)
{
    static const struct option options[] = {{"data", required_argument, NULL, 'd'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"threads", required_argument, NULL, 'n'},
                                            {"batch", required_argument, NULL, 'b'},
                                            {NULL, 0, NULL, 0}};
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return cli_option_error(argv, option, options);
        int code = take_option(replay, option);
        if (code != CLI_OK)
            return code;
    }
    if (argc - optind != 1)
        return cli_usage_error("replay", "name one DAG file");
    if (!replay->data || !replay->out || replay->from == 0 || replay->to == 0)
        return cli_usage_error("replay", "the options '--data', '--from', '--to' and '--out' are "
                                         "needed");
    if (replay->from > replay->to)
        return cli_usage_error("replay", "--from lies behind --to");
    replay->file = argv[optind];
    return CLI_OK;
}

static void deinit(struct replay *replay)
{
    for (size_t i = 0; i < replay->piece_count; i++) {
        plan_free(replay->pieces[i].plan);
        checkpoint_deinit(&replay->pieces[i].checkpoint);
    }
    free(replay->pieces);
    stretch_deinit(&replay->stretch);
    free(replay->journal);
    data_folder_close(replay->folder);
    plan_free(replay->plan);
    if (replay->done_fd >= 0)
        close(replay->done_fd);
}

int cli_replay(int argc, char **argv, const struct registry *registry)
{
    struct replay replay = {.threads = cli_core_count(), .registry = registry, .done_fd = -1};
    int code = parse(&replay, argc, argv);

    if (code != CLI_OK)
        return code;
    code = read_file_given(&replay);
    if (code == CLI_OK)
        code = open_folder(&replay);
    if (code == CLI_OK)
        code = read_journal(&replay);
    if (code == CLI_OK)
        code = find_pieces(&replay);
    if (code == CLI_OK)
        code = make_files(&replay);
    if (code == CLI_OK)
        code = run_pieces(&replay);
    deinit(&replay);
    return code;
}
