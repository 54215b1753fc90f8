/* checkpoint.c - see checkpoint.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "durable/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "durable/data_folder.h"
#include "durable/record_log.h"

#define FORMAT        1
#define PREFIX        "checkpoint-"
#define PREFIX_SIZE   (sizeof(PREFIX) - 1)
#define CYCLE_DIGITS  20
#define COPY_DIGITS   6
#define NAME_SIZE     56
#define CRC_LINE_SIZE 9    /* eight digits and a line feed */
#define DEPTH_MAX     1100 /* a message's 1,024 and what is around it */
#define KEPT          2
#define PAST          "past-" /* in front of the name of one that recovery no longer looks at */
#define PAST_SIZE     (sizeof(PAST) - 1)
#define PAST_PARTS    16     /* of the journal's cycles: at most one for each is kept */
#define PINNED        999999 /* number of the copy that no thinning takes away */

void definition_hash_text(const char *json, size_t size, char *out)
{
    snprintf(out, 20, "%016" PRIx64, text_hash_stable(json, size));
}

void definition_hash(const struct plan *plan, char *out)
{
    definition_hash_text(plan->source->json, plan->source->json_size, out);
}

/* ---- writing ---- */

static bool put(struct dag_buffer *out, const char *text)
{
    return dag_buffer_append(out, text, strlen(text));
}

static bool put_positions(struct dag_buffer *out, const struct plan *plan,
                          const struct dag_text *positions)
{
    bool is_first = true;

    for (size_t i = 0; i < plan->subscriber_count; i++) {
        if (!positions || !positions[i].text)
            continue;
        /* a name needs no escapes */
        if (!put(out, is_first ? "\"" : ",\"") || !put(out, plan->subscribers[i].name) ||
            !put(out, "\":") || !dag_buffer_append(out, positions[i].text, positions[i].size))
            return false;
        is_first = false;
    }
    return true;
}

bool checkpoint_encode(struct dag_buffer *out, const char *instance, uint64_t cycle,
                       const struct plan *plan, const char *engine_state, size_t engine_state_size,
                       const struct dag_text *positions)
{
    char head[160], definition[20], crc[16];
    size_t start = out->size;

    definition_hash(plan, definition);
    snprintf(head, sizeof(head),
             "{\"format\":%d,\"instance\":\"%s\",\"cycle\":%" PRIu64 ",\"positions\":{", FORMAT,
             instance, cycle);
    if (!put(out, head) || !put_positions(out, plan, positions) ||
        !put(out, "},\"definition\":\"") || !put(out, definition) || !put(out, "\""))
        return false;
    if (engine_state &&
        (!put(out, ",\"engine\":") || !dag_buffer_append(out, engine_state, engine_state_size)))
        return false;
    if (!put(out, "}"))
        return false;
    snprintf(crc, sizeof(crc), "\n%08" PRIx32 "\n",
             crc32c(0, out->bytes + start, out->size - start));
    return put(out, crc);
}

/* ---- the files of a folder, newest first ---- */

struct names {
    char (*items)[NAME_SIZE]; /* owned; without PAST */
    size_t count, capacity;
    bool are_past; /* those with PAST in front are wanted */
    bool out_of_memory;
};

static bool all_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return true;
}

static bool is_checkpoint(const char *name)
{
    size_t size = strlen(name);
    size_t plain = PREFIX_SIZE + CYCLE_DIGITS;

    if (strncmp(name, PREFIX, PREFIX_SIZE) != 0 || size < plain ||
        !all_digits(name + PREFIX_SIZE, CYCLE_DIGITS))
        return false;
    return size == plain || (size == plain + 1 + COPY_DIGITS && name[plain] == '-' &&
                             all_digits(name + plain + 1, COPY_DIGITS));
}

static bool take_name(void *context, const char *name)
{
    struct names *names = context;

    if (names->are_past) {
        if (strncmp(name, PAST, PAST_SIZE) != 0)
            return true;
        name += PAST_SIZE;
    }
    if (!is_checkpoint(name))
        return true;
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? names->capacity * 2 : 8;
        void *items = realloc(names->items, capacity * sizeof(*names->items));
        if (!items) {
            names->out_of_memory = true;
            return false;
        }
        names->items = items;
        names->capacity = capacity;
    }
    snprintf(names->items[names->count++], NAME_SIZE, "%s", name);
    return true;
}

static int newest_first(const void *left, const void *right)
{
    return -strcmp(left, right);
}

static bool list_some(struct storage *storage, const char *folder, bool are_past,
                      struct names *names, struct dag_error *err)
{
    *names = (struct names){.are_past = are_past};
    bool done = storage->list(storage, folder, take_name, names, err);
    if (done && names->out_of_memory)
        done = dag_error_set_memory(err, "the names of checkpoints");
    if (done && names->count > 1)
        qsort(names->items, names->count, sizeof(*names->items), newest_first);
    if (!done)
        free(names->items);
    return done;
}

static bool list(struct storage *storage, const char *folder, struct names *names,
                 struct dag_error *err)
{
    return list_some(storage, folder, false, names, err);
}

static uint64_t cycle_of(const char *name)
{
    char digits[CYCLE_DIGITS + 1];

    memcpy(digits, name + PREFIX_SIZE, CYCLE_DIGITS);
    digits[CYCLE_DIGITS] = '\0';
    return strtoull(digits, NULL, 10);
}

/* ---- reading one ---- */

enum outcome { OUTCOME_WHOLE, OUTCOME_DAMAGED, OUTCOME_FAILED };

/* `*line_size`: of the first line, without its line feed. */
static enum outcome load(struct storage *storage, const char *path, struct dag_buffer *bytes,
                         size_t *line_size, struct dag_error *err)
{
    bool exists;
    char crc[16];

    bytes->size = 0;
    if (!read_file(storage, path, bytes, &exists, err))
        return OUTCOME_FAILED;
    if (bytes->size < CRC_LINE_SIZE + 1) {
        dag_error_set(err, DAG_ERROR_INVALID, "it is too short");
        return OUTCOME_DAMAGED;
    }
    *line_size = bytes->size - CRC_LINE_SIZE - 1;
    snprintf(crc, sizeof(crc), "\n%08" PRIx32 "\n", crc32c(0, bytes->bytes, *line_size));
    if (memcmp(bytes->bytes + *line_size, crc, CRC_LINE_SIZE + 1) == 0)
        return OUTCOME_WHOLE;
    dag_error_set(err, DAG_ERROR_INVALID, "its checksum is wrong");
    return OUTCOME_DAMAGED;
}

static bool take_text(const struct tree *root, const char *key, char *out, size_t size)
{
    const struct tree *text = tree_get(root, key);

    if (!text || text->type != TREE_TEXT || text->text_size >= size)
        return false;
    memcpy(out, text->text, text->text_size + 1);
    return true;
}

/* What is whole and can't be read was written by another version. */
static bool parse(const char *path, const char *text, size_t size, struct checkpoint *checkpoint,
                  struct dag_error *err)
{
    checkpoint->document = tree_document_new();
    if (!checkpoint->document)
        return dag_error_set_memory(err, "a checkpoint");
    const struct tree *root =
        tree_parse(checkpoint->document, text, size, DEPTH_MAX, NULL, NULL, err);
    if (!root)
        return dag_error_add_context(err, "'%s'", path);
    const struct tree *format = tree_get(root, "format");
    const struct tree *cycle = tree_get(root, "cycle");
    if (!format || format->type != TREE_INT || format->integer != FORMAT)
        return dag_error_set(err, DAG_ERROR_UNSUPPORTED,
                             "'%s' has a format that this dagd doesn't know: use the one that "
                             "wrote it or a later one",
                             path);
    checkpoint->positions = tree_get(root, "positions");
    checkpoint->engine = tree_get(root, "engine");
    if (!cycle || cycle->type != TREE_INT || cycle->integer < 0 || !checkpoint->positions ||
        !take_text(root, "instance", checkpoint->instance, sizeof(checkpoint->instance)) ||
        !take_text(root, "definition", checkpoint->definition, sizeof(checkpoint->definition)))
        return dag_error_set(err, DAG_ERROR_INVALID, "'%s' lacks what a checkpoint holds", path);
    checkpoint->cycle = (uint64_t)cycle->integer;
    return true;
}

/* ---- the newest one ---- */

struct search {
    struct storage *storage;
    const char *folder;
    void (*skipped)(void *context, const char *path, const char *why);
    void *context;
    struct dag_buffer bytes; /* owned */
};

/* Looks at one file. It is parsed into `checkpoint` unless that is NULL. */
static enum outcome look(struct search *search, const char *name, struct checkpoint *checkpoint,
                         struct dag_error *err)
{
    char *path = path_join(search->folder, name, err);
    size_t line_size;

    if (!path)
        return OUTCOME_FAILED;
    enum outcome outcome = load(search->storage, path, &search->bytes, &line_size, err);
    if (outcome == OUTCOME_DAMAGED) {
        if (search->skipped)
            search->skipped(search->context, path, err->message);
        *err = (struct dag_error){0};
    } else if (outcome == OUTCOME_WHOLE && checkpoint &&
               !parse(path, search->bytes.bytes, line_size, checkpoint, err)) {
        outcome = OUTCOME_FAILED;
    }
    free(path);
    return outcome;
}

static bool find(struct search *search, const struct names *names, struct checkpoint *checkpoint,
                 uint64_t *older_cycle, struct dag_error *err)
{
    size_t whole = 0;

    for (size_t i = 0; i < names->count && whole < KEPT; i++) {
        enum outcome outcome = look(search, names->items[i], whole == 0 ? checkpoint : NULL, err);
        if (outcome == OUTCOME_FAILED)
            return false;
        if (outcome == OUTCOME_WHOLE && ++whole == KEPT)
            *older_cycle = cycle_of(names->items[i]);
        else if (outcome == OUTCOME_WHOLE)
            *older_cycle = checkpoint->cycle;
    }
    checkpoint->is_alone = whole == 1;
    if (whole > 0 || names->count == 0)
        return whole > 0;
    return dag_error_set(err, DAG_ERROR_INVALID,
                         "no checkpoint in '%s' is whole: restore the folder from a backup, or "
                         "remove it to begin anew",
                         search->folder);
}

bool checkpoint_read(struct storage *storage, const char *folder, struct checkpoint *checkpoint,
                     uint64_t *older_cycle,
                     void (*skipped)(void *context, const char *path, const char *why),
                     void *context, struct dag_error *err)
{
    struct search search = {
        .storage = storage, .folder = folder, .skipped = skipped, .context = context};
    struct names names;

    *checkpoint = (struct checkpoint){0};
    *err = (struct dag_error){0};
    if (!list(storage, folder, &names, err))
        return false;
    bool found = find(&search, &names, checkpoint, older_cycle, err);
    dag_buffer_free(&search.bytes);
    free(names.items);
    if (!found)
        checkpoint_deinit(checkpoint);
    return found;
}

void checkpoint_deinit(struct checkpoint *checkpoint)
{
    tree_document_free(checkpoint->document);
    *checkpoint = (struct checkpoint){0};
}

/* ---- publishing ---- */

/* A name that no file has yet, greater than those of the same cycle. */
static void choose_name(const struct names *names, uint64_t cycle, char *name)
{
    unsigned long copy = 0;

    for (size_t i = 0; i < names->count; i++) {
        const char *other = names->items[i];
        if (cycle_of(other) != cycle)
            continue;
        const char *dash = strchr(other + PREFIX_SIZE, '-');
        unsigned long number = dash ? strtoul(dash + 1, NULL, 10) + 1 : 1;
        copy = number > copy ? number : copy;
    }
    if (copy == 0)
        snprintf(name, NAME_SIZE, PREFIX "%020" PRIu64, cycle);
    else
        snprintf(name, NAME_SIZE, PREFIX "%020" PRIu64 "-%06lu", cycle, copy);
}

static void remove_name(struct storage *storage, const char *folder, const char *name)
{
    struct dag_error ignored = {0};
    char *path = path_join(folder, name, &ignored);

    if (path)
        (void)storage->remove(storage, path, &ignored); /* next time then */
    free(path);
}

/* It stays for replays, until checkpoint_prune() finds that none can use it. */
static void set_aside(struct storage *storage, const char *folder, const char *name)
{
    struct dag_error ignored = {0};
    char past[NAME_SIZE + PAST_SIZE];

    snprintf(past, sizeof(past), PAST "%s", name);
    char *from = path_join(folder, name, &ignored);
    char *to = path_join(folder, past, &ignored);
    if (from && to)
        (void)storage->rename(storage, from, to, &ignored); /* next time then */
    free(from);
    free(to);
}

/* The one that was just written is whole; of those before it one more is kept. */
static void remove_others(struct storage *storage, const char *folder, const struct names *names)
{
    struct search search = {.storage = storage, .folder = folder};
    bool has_older = false;

    for (size_t i = 0; i < names->count; i++) {
        struct dag_error err = {0};
        if (has_older) {
            set_aside(storage, folder, names->items[i]);
            continue;
        }
        enum outcome outcome = look(&search, names->items[i], NULL, &err);
        if (outcome == OUTCOME_FAILED)
            break; /* can't be judged now: nothing further is removed */
        if (outcome == OUTCOME_WHOLE)
            has_older = true;
        else
            remove_name(storage, folder, names->items[i]);
    }
    dag_buffer_free(&search.bytes);
}

bool checkpoint_publish(struct storage *storage, const char *folder, uint64_t cycle,
                        const struct dag_buffer *text, struct dag_error *err)
{
    struct names names;
    char name[NAME_SIZE];

    if (!list(storage, folder, &names, err))
        return false;
    choose_name(&names, cycle, name);
    char *path = path_join(folder, name, err);
    bool done = path && write_file_atomically(storage, path, text->bytes, text->size, err);
    free(path);
    if (done)
        remove_others(storage, folder, &names);
    free(names.items);
    return done;
}

bool checkpoint_copy(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct search search = {.storage = storage, .folder = folder};
    struct names names;
    enum outcome outcome = OUTCOME_DAMAGED;

    if (!list(storage, folder, &names, err))
        return false;
    size_t i = 0;
    while (i < names.count && outcome == OUTCOME_DAMAGED)
        outcome = look(&search, names.items[i++], NULL, err);
    bool done =
        outcome == OUTCOME_WHOLE &&
        checkpoint_publish(storage, folder, cycle_of(names.items[i - 1]), &search.bytes, err);
    if (outcome == OUTCOME_DAMAGED)
        dag_error_set(err, DAG_ERROR_INVALID, "no checkpoint in '%s' is whole", folder);
    dag_buffer_free(&search.bytes);
    free(names.items);
    return done;
}

bool checkpoint_write(struct storage *storage, const char *folder, const char *instance,
                      uint64_t cycle, const struct plan *plan, const char *engine_state,
                      size_t engine_state_size, const struct dag_text *positions,
                      struct dag_error *err)
{
    struct dag_buffer text = {0};
    bool done =
        checkpoint_encode(&text, instance, cycle, plan, engine_state, engine_state_size, positions)
            ? checkpoint_publish(storage, folder, cycle, &text, err)
            : dag_error_set_memory(err, "a checkpoint");

    dag_buffer_free(&text);
    return done;
}

/* ---- those that replays begin with ---- */

static void remove_past(struct storage *storage, const char *folder, const char *name)
{
    char past[NAME_SIZE + PAST_SIZE];

    snprintf(past, sizeof(past), PAST "%s", name);
    remove_name(storage, folder, past);
}

static bool is_pinned(const char *name)
{
    return strlen(name) > PREFIX_SIZE + CYCLE_DIGITS &&
           strtoul(name + PREFIX_SIZE + CYCLE_DIGITS + 1, NULL, 10) == PINNED;
}

bool checkpoint_pin(struct storage *storage, const char *folder, struct dag_error *err)
{
    struct search search = {.storage = storage, .folder = folder};
    struct names names;
    char name[NAME_SIZE + PAST_SIZE];
    bool done = true;

    if (!list(storage, folder, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        enum outcome outcome = look(&search, names.items[i], NULL, err);
        if (outcome == OUTCOME_DAMAGED)
            continue;
        snprintf(name, sizeof(name), PAST PREFIX "%020" PRIu64 "-%06d", cycle_of(names.items[i]),
                 PINNED);
        char *path = outcome == OUTCOME_WHOLE ? path_join(folder, name, err) : NULL;
        done = path &&
               write_file_atomically(storage, path, search.bytes.bytes, search.bytes.size, err);
        free(path);
        break;
    }
    dag_buffer_free(&search.bytes);
    free(names.items);
    return done;
}

void checkpoint_prune(struct storage *storage, const char *folder, uint64_t journal_first,
                      uint64_t newest_cycle)
{
    struct dag_error ignored = {0};
    struct names names;
    uint64_t gap = 1;

    if (!list_some(storage, folder, true, &names, &ignored))
        return;
    if (newest_cycle > journal_first && (newest_cycle - journal_first) / PAST_PARTS > gap)
        gap = (newest_cycle - journal_first) / PAST_PARTS;
    const char *kept = NULL;
    for (size_t i = names.count; i-- > 0;) { /* oldest first */
        const char *name = names.items[i];
        uint64_t cycle = cycle_of(name);
        bool must_stay = !kept || (is_pinned(name) && cycle > journal_first);
        bool replaces = !must_stay && (cycle <= journal_first || cycle == cycle_of(kept));
        bool is_close = !must_stay && !replaces && cycle_of(kept) > journal_first &&
                        cycle - cycle_of(kept) < gap;
        if (journal_first == UINT64_MAX || is_close) {
            remove_past(storage, folder, name);
            continue;
        }
        if (replaces)
            remove_past(storage, folder, kept); /* a later one does as well */
        kept = name;
    }
    free(names.items);
}

/* Looks from the newest or the oldest on. `*best` is set when a better one is found. */
static enum outcome find_between(struct search *search, const struct names *names, uint64_t least,
                                 uint64_t most, bool newest, struct checkpoint *best,
                                 struct dag_error *err)
{
    for (size_t at = 0; at < names->count; at++) {
        const char *name = names->items[newest ? at : names->count - 1 - at];
        char full[NAME_SIZE + PAST_SIZE];
        struct checkpoint found = {0};
        uint64_t cycle = cycle_of(name);

        if (cycle < least || cycle > most ||
            (best->document && (newest ? cycle <= best->cycle : cycle >= best->cycle)))
            continue;
        snprintf(full, sizeof(full), "%s%s", names->are_past ? PAST : "", name);
        enum outcome outcome = look(search, full, &found, err);
        if (outcome == OUTCOME_WHOLE) {
            checkpoint_deinit(best);
            *best = found;
            return outcome;
        }
        checkpoint_deinit(&found);
        if (outcome == OUTCOME_FAILED)
            return outcome;
    }
    return OUTCOME_DAMAGED;
}

bool checkpoint_read_between(struct storage *storage, const char *folder, uint64_t least,
                             uint64_t most, bool newest, struct checkpoint *checkpoint,
                             struct dag_error *err)
{
    struct search search = {.storage = storage, .folder = folder};
    enum outcome outcome = OUTCOME_DAMAGED;

    *checkpoint = (struct checkpoint){0};
    *err = (struct dag_error){0};
    /* the current ones first: one that is set aside meanwhile is found then */
    for (int are_past = 0; are_past < 2 && outcome != OUTCOME_FAILED; are_past++) {
        struct names names;
        if (!list_some(storage, folder, are_past, &names, err)) {
            outcome = OUTCOME_FAILED;
            break;
        }
        outcome = find_between(&search, &names, least, most, newest, checkpoint, err);
        free(names.items);
    }
    dag_buffer_free(&search.bytes);
    if (outcome == OUTCOME_FAILED)
        checkpoint_deinit(checkpoint);
    return outcome != OUTCOME_FAILED && checkpoint->document;
}
