/* journal.c - `dagd journal`: shows, verifies, dumps and trims the journal of a DAG. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "durable/checkpoint.h"
#include "durable/data_folder.h"
#include "durable/journal.h"

struct call {
    const char *data, *dag;
    uint64_t from, to;
    bool has_from, has_to;
    struct data_folder *folder;
    const char *dag_folder; /* borrowed from `folder` */
    char *journal;          /* owned */
};

static int failure(const struct dag_error *err, int code)
{
    fprintf(stderr, "dagd journal: %s\n", err->message);
    return code;
}

static int failure_of_data(const struct dag_error *err)
{
    return failure(err, err->code == DAG_ERROR_INVALID || err->code == DAG_ERROR_UNSUPPORTED
                            ? CLI_INVALID
                            : CLI_IO);
}

/* ---- ls, verify ---- */

static void print_segment(void *context, const char *path, const struct record_segment *segment)
{
    size_t *count = context;

    if ((*count)++ == 0)
        printf("%-24s %20s %20s %12s %14s\n", "segment", "first cycle", "last cycle", "records",
               "bytes");
    printf("%-24s %20" PRIu64 " %20" PRIu64 " %12" PRIu64 " %14" PRIu64 "\n",
           strrchr(path, '/') + 1, segment->first_key, segment->last_key, segment->record_count,
           segment->size);
}

/* Damage is told with its place, a tail as what it is. */
static int check(const struct call *call,
                 void (*segment)(void *context, const char *path,
                                 const struct record_segment *segment),
                 void *context, struct record_log_report *report)
{
    const struct record_log_options options = {.storage = storage_disk(), .folder = call->journal};
    struct dag_error err = {0};

    if (!record_log_check(&options, report, segment, context, &err))
        return failure_of_data(&err);
    if (report->cut_bytes > 0)
        fprintf(stderr,
                "dagd journal: %" PRIu64 " bytes at the end are no whole record: "
                "being written, or cut at the next start\n",
                report->cut_bytes);
    return CLI_OK;
}

static int list(const struct call *call)
{
    struct record_log_report report;
    size_t count = 0;

    return check(call, print_segment, &count, &report);
}

/* Calls `visit` for each record of the range. */
static int read_records(const struct call *call,
                        bool (*visit)(const struct call *call, const struct record *record,
                                      struct dag_json_parser *parser, struct dag_error *err))
{
    struct dag_error err = {0};
    struct dag_json_parser *parser = dag_json_parser_new(RECORD_SIZE_MAX);
    struct record_reader *reader =
        record_reader_open(storage_disk(), call->journal, call->from, &err);
    struct record record;

    if (!parser)
        dag_error_set_memory(&err, "a parser");
    while (reader && parser && record_reader_next(reader, &record, &err)) {
        if (visit(call, &record, parser, &err))
            continue;
        if (err.code != DAG_ERROR_NONE)
            dag_error_add_context(&err, "'%s' at byte %" PRIu64, record_reader_segment(reader),
                                  record_reader_offset(reader));
        break;
    }
    record_reader_close(reader);
    dag_json_parser_free(parser);
    return err.code == DAG_ERROR_NONE ? CLI_OK : failure_of_data(&err);
}

static bool decode(const struct record *record, struct dag_json_parser *parser,
                   struct journal_step *step, struct dag_error *err)
{
    size_t event_count, metronome_count;

    return journal_counts(record, &event_count, &metronome_count, err) &&
           journal_decode(record, event_count, metronome_count, parser, step, err);
}

static bool verify_record(const struct call *call, const struct record *record,
                          struct dag_json_parser *parser, struct dag_error *err)
{
    struct journal_step step = {0};
    bool done = record->kind != JOURNAL_STEP || decode(record, parser, &step, err);

    (void)call;
    journal_step_deinit(&step);
    return done;
}

static int verify(const struct call *call)
{
    struct record_log_report report;
    int code = check(call, NULL, NULL, &report);

    if (code == CLI_OK)
        code = read_records(call, verify_record);
    if (code == CLI_OK)
        printf("%s: %" PRIu64 " whole records, cycles %" PRIu64 " to %" PRIu64 "\n", call->dag,
               report.record_count, report.first_key, report.last_key);
    return code;
}

/* ---- dump ---- */

static void put(struct dag_buffer *line, const char *format, ...) DAG_PRINTF(2, 3);

/* Only short texts and numbers. Out of memory shows as a line that can't be printed. */
static void put(struct dag_buffer *line, const char *format, ...)
{
    va_list arguments;

    if (!dag_buffer_reserve(line, 256))
        return;
    va_start(arguments, format);
    line->size += (size_t)vsnprintf(line->bytes + line->size, 256, format, arguments);
    va_end(arguments);
}

static void put_base64(struct dag_buffer *line, const struct dag_value *raw)
{
    enum { PADDING = 64 };
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    const unsigned char *bytes = (const unsigned char *)raw->as.text;

    if (!dag_buffer_reserve(line, ((size_t)raw->size + 2) / 3 * 4))
        return;
    for (uint32_t i = 0; i < raw->size; i += 3) {
        uint32_t left = raw->size - i;
        uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        line->bytes[line->size++] = digits[three >> 18];
        line->bytes[line->size++] = digits[three >> 12 & 63];
        line->bytes[line->size++] = digits[left > 1 ? three >> 6 & 63 : PADDING];
        line->bytes[line->size++] = digits[left > 2 ? three & 63 : PADDING];
    }
}

static bool put_event(struct dag_buffer *line, const struct durability_step *step, size_t input,
                      uint32_t slot)
{
    const struct dag_origin *origin = &step->origins[input][slot];
    struct dag_batch *batch = step->batches[input];
    bool done = true;

    put(line, "{\"input\":%zu,\"lane\":%" PRIu32 ",\"offset\":%" PRIu64, input, origin->lane,
        origin->offset);
    if (batch && origin->flags & DAG_ORIGIN_REJECTED) {
        const struct dag_value *values = dag_batch_rows(batch)[slot].values;
        put(line, ",\"message\":");
        done = dag_json_write_value(line, &values[1]);
        put(line, ",\"raw_base64\":\"");
        put_base64(line, &values[0]);
        put(line, "\"");
    } else if (batch) {
        put(line, ",\"event\":");
        done = dag_json_write_row(line, &dag_batch_rows(batch)[slot]);
    } else if (origin->flags & DAG_ORIGIN_REJECTED) {
        put(line, ",\"rejected\":true");
    }
    put(line, "}");
    return done;
}

static bool put_cycle(struct dag_buffer *line, const struct durability_step *step, uint32_t slot,
                      size_t event_count, size_t metronome_count)
{
    const char *comma = "";

    put(line, "{\"cycle\":%" PRIu64 ",\"time_us\":%" PRId64 ",\"ticks\":[",
        step->first_cycle + slot, step->time_us);
    for (size_t i = 0; slot == 0 && i < metronome_count; i++)
        if (step->ticks[i]) {
            put(line, "%s%zu", comma, i);
            comma = ",";
        }
    put(line, "],\"events\":[");
    comma = "";
    for (size_t i = 0; i < event_count; i++) {
        if (slot >= step->counts[i])
            continue;
        put(line, "%s", comma);
        comma = ",";
        if (!put_event(line, step, i, slot))
            return false;
    }
    put(line, "]}\n");
    return true;
}

/* A line for each cycle; tens of thousands in a record are printed one by one. */
static bool dump_step(const struct call *call, const struct record *record,
                      struct dag_json_parser *parser, struct dag_error *err)
{
    struct journal_step step = {0};
    struct dag_buffer line = {0};
    size_t event_count = 0, metronome_count = 0;
    bool done = journal_counts(record, &event_count, &metronome_count, err) &&
                decode(record, parser, &step, err);

    for (uint32_t slot = 0; done && slot < step.step.slot_count; slot++) {
        uint64_t cycle = step.step.first_cycle + slot;
        if (cycle < call->from || cycle > call->to)
            continue;
        line.size = 0;
        done = put_cycle(&line, &step.step, slot, event_count, metronome_count);
        if (!done)
            dag_error_set_memory(err, "a line");
        else
            fwrite(line.bytes, 1, line.size, stdout);
    }
    journal_step_deinit(&step);
    dag_buffer_free(&line);
    return done;
}

static bool dump_record(const struct call *call, const struct record *record,
                        struct dag_json_parser *parser, struct dag_error *err)
{
    if (record->kind == JOURNAL_STEP)
        return dump_step(call, record, parser, err) && record->key < call->to;
    if (record->key > call->to)
        return false;
    if (record->kind == JOURNAL_DEFINITION)
        printf("{\"cycle\":%" PRIu64 ",\"definition\":%.*s}\n", record->key, (int)record->size,
               record->payload);
    else if (record->kind == JOURNAL_CLOSED)
        printf("{\"cycle\":%" PRIu64 ",\"closed\":true}\n", record->key);
    return true;
}

static int dump(const struct call *call)
{
    return read_records(call, dump_record);
}

/* ---- trim ---- */

static int trim(const struct call *call)
{
    const struct record_log_options options = {.storage = storage_disk(), .folder = call->journal};
    struct dag_error err = {0};
    struct checkpoint checkpoint = {0};
    uint64_t older = 0;

    if (!checkpoint_read(options.storage, call->dag_folder, &checkpoint, &older, NULL, NULL,
                         &err)) {
        if (err.code == DAG_ERROR_NONE)
            dag_error_set(&err, DAG_ERROR_INVALID, "'%s' has no checkpoint, it needs its journal",
                          call->dag);
        return failure_of_data(&err);
    }
    checkpoint_deinit(&checkpoint);
    if (call->to > older) {
        dag_error_set(&err, DAG_ERROR_INVALID,
                      "recovery may need everything behind the older checkpoint of '%s': "
                      "trim to %" PRIu64 " at most",
                      call->dag, older);
        return failure(&err, CLI_INVALID);
    }

    struct record_log *log = record_log_open(&options, NULL, &err);
    uint64_t size = log ? record_log_size(log) : 0;

    if (!log || !record_log_trim(log, call->to + 1, &err)) {
        record_log_close(log);
        return failure_of_data(&err);
    }
    printf("%s: %" PRIu64 " bytes removed, %" PRIu64 " left\n", call->dag,
           size - record_log_size(log), record_log_size(log));
    record_log_close(log);
    return CLI_OK;
}

/* ---- the command line ---- */

struct action {
    const char *name;
    int (*run)(const struct call *call);
    bool changes; /* needs the lock */
};

static const struct action actions[] = {
    {"ls", list, false}, {"verify", verify, false}, {"dump", dump, false}, {"trim", trim, true}};

static const struct action *action_find(const char *name)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

static bool parse_cycle(const char *text, uint64_t *cycle)
{
    char *end;

    errno = 0;
    *cycle = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *cycle < UINT64_MAX;
}

/* CLI_OK, or what the command line lacks. */
static int parse(struct call *call, int argc, char **argv)
{
    static const struct option options[] = {{"data", required_argument, NULL, 'd'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    int option;

    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (option == 'd')
            call->data = optarg;
        else if (option != 'f' && option != 't')
            return cli_option_error(argv, option, options);
        else if (!parse_cycle(optarg, option == 'f' ? &call->from : &call->to))
            return cli_usage_error(argv[0], "'%s' is no number of a cycle", optarg);
        call->has_from = call->has_from || option == 'f';
        call->has_to = call->has_to || option == 't';
    }
    if (!call->data)
        return cli_usage_error(argv[0], "option '--data' is needed");
    if (argc - optind != 2)
        return cli_usage_error(argv[0], "say what to do (ls, verify, dump, trim), and name a DAG");
    call->dag = argv[optind + 1];
    return CLI_OK;
}

/* Whatever is read or changed is there already: a name that is misspelt makes no folder. */
static int open_folder(struct call *call, bool changes)
{
    struct dag_error err = {0};

    data_folder_close(call->folder);
    call->folder = NULL;

    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), call->data, changes, !changes, &call->folder, &err);

    if (outcome != DATA_FOLDER_OK)
        return outcome == DATA_FOLDER_LOCKED ? failure(&err, CLI_LOCKED) : failure_of_data(&err);
    call->dag_folder = data_folder_dag(call->folder, call->dag, &err);
    return call->dag_folder ? CLI_OK : failure_of_data(&err);
}

static int open_journal(struct call *call, bool changes)
{
    struct dag_error err = {0};
    struct dag_file_info info;
    int code = open_folder(call, false);

    if (code != CLI_OK)
        return code;
    if (asprintf(&call->journal, "%s/journal", call->dag_folder) < 0) {
        call->journal = NULL;
        dag_error_set_memory(&err, "a path");
        return failure_of_data(&err);
    }
    if (!storage_disk()->path_info(storage_disk(), call->journal, &info, &err))
        return failure_of_data(&err);
    if (!info.exists) {
        dag_error_set(&err, DAG_ERROR_INVALID, "the DAG '%s' has no journal", call->dag);
        return failure_of_data(&err);
    }
    return changes ? open_folder(call, true) : CLI_OK;
}

int cli_journal(int argc, char **argv, const struct registry *registry)
{
    struct call call = {.to = UINT64_MAX};
    const struct action *action;
    int code = parse(&call, argc, argv);

    (void)registry;
    if (code != CLI_OK)
        return code;
    action = action_find(argv[optind]);
    if (!action)
        return cli_usage_error(argv[0], "unknown action '%s': ls, verify, dump or trim",
                               argv[optind]);
    if (call.has_from && action->run != dump)
        return cli_usage_error(argv[0], "'--from' is for 'dump'");
    if (call.has_to && action->run != dump && action->run != trim)
        return cli_usage_error(argv[0], "'--to' is for 'dump' and 'trim'");
    if (action->run == trim && !call.has_to)
        return cli_usage_error(argv[0], "'trim' needs '--to CYCLE'");
    code = open_journal(&call, action->changes);
    if (code == CLI_OK)
        code = action->run(&call);
    free(call.journal);
    data_folder_close(call.folder);
    return code;
}
