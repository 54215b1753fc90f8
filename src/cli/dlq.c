/* dlq.c - dagd dlq: the dead letters that a data folder holds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "core/tree.h"
#include "durable/data_folder.h"
#include "durable/letters.h"

#define DEPTH_MAX 1100

enum action { ACTION_LS, ACTION_SHOW, ACTION_REDRIVE, ACTION_DISCARD };

static const char *const action_names[] = {"ls", "show", "redrive", "discard"};

struct request {
    enum action action;
    const char *data, *dag;
    const char *to; /* redrive: a file, or "-" */
    bool all, json;
    char **ids; /* borrowed from argv */
    int id_count;
};

/* ---- the command line ---- */

static int take_words(int argc, char **argv, struct request *request)
{
    if (optind >= argc)
        return cli_usage_error(argv[0], "what shall be done? ls, show, redrive or discard");
    const char *word = argv[optind++];
    size_t i = 0;
    while (i < sizeof(action_names) / sizeof(action_names[0]) && strcmp(word, action_names[i]) != 0)
        i++;
    if (i == sizeof(action_names) / sizeof(action_names[0]))
        return cli_usage_error(argv[0], "unknown action '%s'; there are ls, show, redrive, discard",
                               word);
    request->action = (enum action)i;
    if (!request->data)
        return cli_usage_error(argv[0], "option '--data' is missing");
    if (optind >= argc)
        return cli_usage_error(argv[0], "the name of a DAG is missing");
    request->dag = argv[optind++];
    request->ids = argv + optind;
    request->id_count = argc - optind;
    if (request->action != ACTION_LS && request->id_count == 0 && !request->all)
        return cli_usage_error(argv[0], "which ones? name their ids, or --all");
    if (request->action == ACTION_REDRIVE && !request->to)
        return cli_usage_error(argv[0],
                               "option '--to' is missing: a file, or - for standard output");
    return CLI_OK;
}

static int read_request(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"data", required_argument, NULL, 'd'},
        {"to", required_argument, NULL, 't'},
        {"all", no_argument, NULL, 'a'},
        {"json", no_argument, NULL, 'j'},
        {0},
    };
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            request->data = optarg;
            break;
        case 't':
            request->to = optarg;
            break;
        case 'a':
            request->all = true;
            break;
        case 'j':
            request->json = true;
            break;
        default:
            return cli_option_error(argv, option, options);
        }
    }
    return take_words(argc, argv, request);
}

/* ---- choosing ---- */

/* `--all` means those that nothing was done with yet. */
static bool choose(const struct request *request, const struct letter_list *list, bool *chosen)
{
    for (size_t i = 0; i < list->count; i++)
        chosen[i] = request->all && list->items[i].state == LETTER_STORED;
    for (int k = 0; k < request->id_count; k++) {
        char *end;
        uint64_t id = strtoull(request->ids[k], &end, 10);
        size_t i = 0;
        while (i < list->count && list->items[i].id != id)
            i++;
        if (*end != '\0' || i == list->count) {
            fprintf(stderr, "dagd dlq: there is no dead letter '%s'; 'dagd dlq ls' shows them\n",
                    request->ids[k]);
            return false;
        }
        chosen[i] = true;
    }
    return true;
}

/* ---- showing ---- */

static const char *state_name(enum letter_kind state)
{
    switch (state) {
    case LETTER_REDRIVEN:
        return "redriven";
    case LETTER_DISCARDED:
        return "discarded";
    case LETTER_STORED:
        break;
    }
    return "stored";
}

static const char *text_of(const struct tree *root, const char *key)
{
    const struct tree *text = tree_get(root, key);

    return text && text->type == TREE_TEXT ? text->text : NULL;
}

static void print_line(const struct letter *letter, const struct tree *root)
{
    const char *where = text_of(root, "node");
    const char *cause = text_of(root, "cause");
    const char *time = text_of(root, "time");
    const char *message = text_of(root, "message");

    where = where ? where : text_of(root, "publisher");
    where = where ? where : text_of(root, "subscriber");
    printf("%" PRIu64 "  %s  %s  %s  %s: %s\n", letter->id, state_name(letter->state),
           time ? time : "-", cause ? cause : "-", where ? where : "-", message ? message : "");
}

static void print_letter(const struct request *request, const struct letter *letter)
{
    if (request->json || request->action == ACTION_SHOW) {
        printf("{\"id\":%" PRIu64 ",\"state\":\"%s\",\"letter\":%s}\n", letter->id,
               state_name(letter->state), letter->json);
        return;
    }
    struct tree_document *document = tree_document_new();
    struct dag_error ignored = {0};
    if (document)
        print_line(letter, tree_parse(document, letter->json, letter->json_size, DEPTH_MAX, NULL,
                                      NULL, &ignored));
    tree_document_free(document);
}

/* ---- doing ---- */

/* Every message that is written is there for good before its letter is marked. */
static bool write_inputs(const char *to, const struct dag_buffer *text, struct dag_error *err)
{
    bool is_standard = strcmp(to, "-") == 0;
    FILE *file = is_standard ? stdout : fopen(to, "ae");

    if (!file)
        return dag_error_set_errno(err, "cannot open '%s'", to);
    bool done = fwrite(text->bytes, 1, text->size, file) == text->size && fflush(file) == 0 &&
                (is_standard || fsync(fileno(file)) == 0 || errno == EINVAL);
    if (!done)
        dag_error_set_errno(err, "cannot write '%s'", to);
    if (!is_standard && fclose(file) != 0 && done)
        done = dag_error_set_errno(err, "cannot write '%s'", to);
    return done;
}

/* What holds no message can't be redriven and stays as it is. */
static bool redrive(const struct request *request, const struct letter_list *list, bool *chosen,
                    struct dag_error *err)
{
    struct dag_buffer text = {0};

    for (size_t i = 0; i < list->count; i++) {
        struct dag_error why = {0};
        if (!chosen[i] || letter_input(&list->items[i], &text, &why))
            continue;
        chosen[i] = false;
        fprintf(stderr, "dagd dlq: %s; it is left out\n", why.message);
    }
    bool done = text.size == 0 || write_inputs(request->to, &text, err);
    dag_buffer_free(&text);
    return done;
}

static int act(const struct request *request, const char *folder, const struct letter_list *list,
               bool *chosen)
{
    struct dag_error err = {0};
    bool done = true;

    if (request->action == ACTION_LS || request->action == ACTION_SHOW) {
        bool shows_waiting = request->action == ACTION_LS && request->id_count == 0;
        for (size_t i = 0; i < list->count; i++)
            if (chosen[i] ||
                (shows_waiting && (request->all || list->items[i].state == LETTER_STORED)))
                print_letter(request, &list->items[i]);
        return CLI_OK;
    }
    if (request->action == ACTION_REDRIVE)
        done = redrive(request, list, chosen, &err);
    done =
        done &&
        letters_mark(storage_disk(), folder, list, chosen,
                     request->action == ACTION_REDRIVE ? LETTER_REDRIVEN : LETTER_DISCARDED, &err);
    if (!done)
        fprintf(stderr, "dagd dlq: %s\n", err.message);
    return done ? CLI_OK : CLI_IO;
}

static int work_in(const struct request *request, struct data_folder *data)
{
    struct dag_error err = {0};
    struct letter_list list = {0};
    const char *dag = data_folder_dag(data, request->dag, &err);
    char *folder = dag ? path_join(dag, "dead-letters", &err) : NULL;
    int code = CLI_INVALID;

    if (folder && letters_read(storage_disk(), folder, &list, &err)) {
        bool *chosen = calloc(list.count + 1, sizeof(*chosen));
        if (chosen && choose(request, &list, chosen))
            code = act(request, folder, &list, chosen);
        free(chosen);
    } else {
        fprintf(stderr, "dagd dlq: %s\n", err.message);
        code = dag ? CLI_IO : CLI_INVALID;
    }
    letter_list_free(&list);
    free(folder);
    return code;
}

/* Changing needs the lock; the folder and the DAG must be there, which read-only says. */
static int lock_and_work(const struct request *request, struct data_folder *data)
{
    struct dag_error err = {0};
    struct data_folder *locked = NULL;

    if (!data_folder_dag(data, request->dag, &err)) {
        fprintf(stderr, "dagd dlq: %s\n", err.message);
        return CLI_INVALID;
    }
    enum data_folder_outcome outcome =
        data_folder_open(storage_disk(), request->data, true, false, &locked, &err);
    int code = CLI_IO;
    if (outcome == DATA_FOLDER_OK)
        code = work_in(request, locked);
    else if (outcome == DATA_FOLDER_LOCKED)
        code = CLI_LOCKED;
    if (outcome == DATA_FOLDER_LOCKED)
        fprintf(stderr, "dagd dlq: %s; 'dagd ctl dlq %s %s' does the same through the server\n",
                err.message, action_names[request->action], request->dag);
    else if (outcome == DATA_FOLDER_FAILED)
        fprintf(stderr, "dagd dlq: %s\n", err.message);
    data_folder_close(locked);
    return code;
}

int cli_dlq(int argc, char **argv, const struct registry *registry)
{
    struct request request = {0};
    struct data_folder *data = NULL;
    struct dag_error err = {0};
    int code = read_request(argc, argv, &request);

    (void)registry;
    if (code != CLI_OK)
        return code;
    if (data_folder_open(storage_disk(), request.data, true, true, &data, &err) != DATA_FOLDER_OK) {
        fprintf(stderr, "dagd dlq: %s\n", err.message);
        return CLI_INVALID;
    }
    if (request.action == ACTION_LS || request.action == ACTION_SHOW)
        code = work_in(&request, data);
    else
        code = lock_and_work(&request, data);
    data_folder_close(data);
    return code;
}
