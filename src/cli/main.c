/* main.c - dagd: finds the subcommand and hands it the component types. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/components.h"
#include "core/options.h"

struct command {
    const char *name;
    const char *usage;
    const char *summary;
    const char *help; /* behind usage and summary */
    int (*run)(int argc, char **argv, const struct registry *registry);
};

static int cli_version(int argc, char **argv, const struct registry *registry);
static int cli_help(int argc, char **argv, const struct registry *registry);

#define PLUGIN_HELP                                                                                \
    "  --plugin-dir DIR        take component types from the shared libraries of this folder, "    \
    "too;\n"                                                                                       \
    "                          may be given several times\n"

static const struct command commands[] = {
    {"audit", "dagd audit verify --data DIR",
     "Checks that nobody has changed the log of who changed what.",
     "  --data DIR              the data folder; it may be in use\n"
     "\nIt tells the number and hash of the last entry: keep them in another place to see later\n"
     "that none was cut off.\n"
     "\nExit code: 0 whole, 1 damaged (the first wrong line is named) or no data folder, 2 usage,\n"
     "6 input or output failed.\n",
     cli_audit},
    {"check", "dagd check FILE... [--json] [--strict] [--plugin-dir DIR]...",
     "Reads DAG files and tells every problem.",
     "  --json                  problems as a JSON list on standard output\n"
     "  --strict                unknown keys are errors\n" PLUGIN_HELP
     "\nExit code: 0 fine, 1 at least one error, 2 usage.\n",
     cli_check},
    {"ctl", "dagd ctl SUBCOMMAND [ARGUMENT]... [OPTION]...", "Asks a server that runs.", "",
     cli_ctl},
    {"dlq", "dagd dlq ls|show|redrive|discard --data DIR DAG [ID...] [OPTION]...",
     "Shows the dead letters of a data folder, takes them out again or discards them.",
     "  ls                      those that nothing was done with yet; with --all every one\n"
     "  show                    whole letters, as JSON lines\n"
     "  redrive                 writes the messages that they are about, as they came in, a line\n"
     "                          for each, and marks the letters; to be fed to the source again\n"
     "  discard                 marks the letters as dealt with\n"
     "  --data DIR              the data folder\n"
     "  --all                   every letter that nothing was done with yet\n"
     "  --to FILE               redrive: appends to this file; - is standard output\n"
     "  --json                  ls: as JSON lines\n"
     "\nExit code: 0 fine, 1 no such folder, DAG or letter, 2 usage, 5 the folder is in use by\n"
     "another process (redrive, discard), 6 input or output failed.\n",
     cli_dlq},
    {"graph", "dagd graph FILE [--dot|--json] [--plugin-dir DIR]...",
     "Shows the graph of a DAG file.",
     "  --dot                   as a Graphviz drawing\n"
     "  --json                  as JSON\n" PLUGIN_HELP,
     cli_graph},
    {"help", "dagd help [COMMAND|TYPE|types] [--plugin-dir DIR]...",
     "Tells how a subcommand or a component type is used.",
     "  COMMAND                 one of the subcommands\n"
     "  TYPE                    a component type, such as FilterCalculator or file\n"
     "  types                   every component type with its options\n" PLUGIN_HELP,
     cli_help},
    {"journal", "dagd journal ls|verify|dump|trim --data DIR [--from CYCLE] [--to CYCLE] DAG",
     "Shows, verifies, dumps or trims the journal of a DAG.",
     "  ls                      the segments, with their cycles, records and bytes\n"
     "  verify                  reads everything; names the segment and the byte of a damage\n"
     "  dump                    a line of JSON for each cycle, between --from and --to\n"
     "  trim                    removes whole segments with cycles up to --to\n"
     "  --data DIR              the data folder\n"
     "\nOnly 'trim' needs the data folder for itself.\n"
     "\nExit code: 0 fine, 1 damage, or nothing that may be trimmed, 2 usage, 5 another process\n"
     "holds the data folder, 6 input or output failed.\n",
     cli_journal},
    {"replay", "dagd replay FILE --data DIR --from CYCLE --to CYCLE --out DIR [OPTION]...",
     "Runs a stretch of a DAG's journal again, into files.",
     "  --data DIR              the data folder; the DAG may be running\n"
     "  --from CYCLE            the first cycle whose output is wanted\n"
     "  --to CYCLE              the last one\n"
     "  --out DIR               what each publisher got in these cycles, as PUBLISHER.jsonl;\n"
     "                          dead letters of a DAG without 'errors' as dead_letters.jsonl\n"
     "  --threads N             workers; default: one for each core\n"
     "  --batch N               most records that travel together, 1 to 1024; default "
     "1024\n" PLUGIN_HELP
     "\nExit code: 0 fine, 1 an invalid DAG, or cycles that are not retained, 2 usage,\n"
     "6 input or output failed.\n",
     cli_replay},
    {"run", "dagd run FILE... [OPTION]...", "Runs DAGs until all their sources have ended.",
     "  --threads N             workers; default: one for each core\n"
     "  --batch N               most records that travel together, 1 to 1024; default 1024\n"
     "  --for TIME              drain and end after this time, e.g. 500ms, 10s, 5m\n"
     "  --set NAME.KEY=VALUE    set a key of the configuration of the subscriber, publisher,\n"
     "                          calculator, transformer or node NAME, or of the DAG NAME itself;\n"
     "                          VALUE is JSON, or else text; may be given several times\n"
     "  --drain-timeout TIME    how long sending what is held may take; default 30s\n"
     "  --summary-json FILE     write the summary as JSON, too\n"
     "  --log-format FORMAT     text (default) or json\n"
     "  --log-level LEVEL       error, warning, info (default) or debug\n" PLUGIN_HELP
     "\nThe first SIGINT or SIGTERM drains and ends; a second one ends at once.\n"
     "Standard output gets what file://- publishes and nothing else.\n"
     "\nExit code: 0 fine, 1 invalid DAG or a component that this build lacks, 2 usage,\n"
     "3 finished with rejected or dead letters, 4 the drain timed out, 6 input or output failed,\n"
     "128+n ended by a second signal n.\n",
     cli_run},
    {"schema", "dagd schema [--plugin-dir DIR]...", "Prints the JSON schema of DAG files.",
     PLUGIN_HELP, cli_schema},
    {"serve", "dagd serve --dags DIR --data DIR --file-root DIR [OPTION]...",
     "Runs and manages all DAGs of a folder, with a REST API.",
     "  --dags DIR              the DAG files; watched\n"
     "  --data DIR              everything durable; one process at a time\n"
     "  --file-root DIR         the folder that DAGs may read and write files in\n"
     "  --listen ADDRESS:PORT   default 127.0.0.1:5000; port 0 takes a free one\n"
     "  --tls-cert FILE, --tls-key FILE\n"
     "                          PEM; read again when they change, and at SIGHUP\n"
     "  --allow-plain-http      plain HTTP beyond this machine, too\n"
     "  --name NAME             what people see this server called; default: the machine's name\n"
     "  --host-name NAME        a name that clients may ask for; several times\n"
     "  --proxy ADDRESS[/BITS]  a proxy whose X-Forwarded-* headers count; several times\n"
     "  --secrets-dir DIR       the files behind ${secret:NAME}\n"
     "  --secret-env NAME       a variable that ${secret:NAME} may read; several times\n"
     "  --env NAME              a variable that ${NAME} may read; several times\n"
     "  --users-file FILE       users of the original, imported when there are none yet\n"
     "  --metrics-token-file FILE\n"
     "                          its first line is asked for as Bearer token of /metrics\n"
     "  --egress-deny ADDRESS[/BITS]\n"
     "                          where http:// publishers may not connect to, besides link-local\n"
     "                          and metadata addresses; several times\n"
     "  --egress-allow ADDRESS[/BITS]\n"
     "                          exceptions from what is denied; several times\n"
     "  --start-all             starts also DAGs that nobody has started yet\n"
     "  --standby               loads everything and runs nothing\n"
     "  --threads N             workers; default: one for each core\n"
     "  --drain-timeout TIME    how long a stop may send what is held; default 30s\n"
     "  --checkpoint-interval TIME\n"
     "                          default 10s\n"
     "  --log-format FORMAT     text (default) or json\n"
     "  --log-level LEVEL       error, warning, info (default) or debug\n"
     "  --web-dir DIR           serves the page from a folder\n"
     "  --config FILE           settings as JSON; DAGD_* variables and flags go before it\n"
     "  --print-config          prints the settings in force, and who gave them\n" PLUGIN_HELP
     "\nPrints 'ready: URL' once it serves, and at the first start a link to make the first admin\n"
     "with. The first SIGINT or SIGTERM drains and ends; a second one ends at once.\n"
     "\nExit code: 0 fine, 2 usage, 4 the drain timed out, 5 the data folder is in use by another\n"
     "process, 6 input or output failed, 128+n ended by a second signal n.\n",
     cli_serve},
    {"token", "dagd token create|ls|revoke --data DIR [USER|ID] [OPTION]...",
     "Sets up API tokens, for programs that call the server.",
     "  create USER             makes a token of that user and prints it: it is shown this once\n"
     "  ls [USER]               id, user, role, scope, end, last use, what it is for\n"
     "  revoke ID               ends one for good\n"
     "  --data DIR              the data folder; only 'ls' works while it is in use\n"
     "  --role ROLE             create: not above the user's; default: the user's\n"
     "  --scope GLOBS           create: within the user's; default: the user's\n"
     "  --days N                create: how long it lasts, 1 to 365; default 90\n"
     "  --for TEXT              create: what it is for\n"
     "\nExit code: 0 fine, 1 refused, 2 usage, 5 the folder is in use by another process,\n"
     "6 input or output failed.\n",
     cli_token},
    {"user", "dagd user add|disable|enable|import|ls|passwd|rm|role --data DIR [NAME] [OPTION]...",
     "Says who may sign in to the server.",
     "  add NAME                a new one, with --role; asks for the password\n"
     "  passwd NAME             a new password\n"
     "  role NAME               another role, with --role\n"
     "  disable, enable NAME    forbids and allows to sign in\n"
     "  rm NAME                 removes one; the last admin who can sign in stays\n"
     "  import FILE             those of a users.json with clear-text passwords, which are hashed\n"
     "  ls                      name, role, scope, state, full name\n"
     "  --data DIR              the data folder; only 'ls' works while it is in use\n"
     "  --role ROLE             viewer (looks), operator (also starts, stops, publishes) or admin\n"
     "  --scope GLOBS           add: only DAGs with such names, e.g. trade_*,fx_rates\n"
     "  --full-name NAME        add: as shown to people\n"
     "  --password-stdin        the password is the first line of standard input\n"
     "\nA password has 12 characters or more, and is more than common words and sequences.\n"
     "\nExit code: 0 fine, 1 refused, 2 usage, 5 the folder is in use by another process,\n"
     "6 input or output failed.\n",
     cli_user},
    {"version", "dagd version", "Tells the version.", "", cli_version},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static const char *command_name(void *context, size_t i)
{
    (void)context;
    return i < COMMAND_COUNT ? commands[i].name : NULL;
}

static void print_overview(FILE *out)
{
    fprintf(out, "usage: dagd COMMAND [ARGUMENT]...\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
    fprintf(out, "\n'dagd help COMMAND' tells more, 'dagd help types' what a DAG file may name.\n");
}

static void print_help(const struct command *command)
{
    printf("usage: %s\n\n%s\n", command->usage, command->summary);
    if (command->help[0])
        printf("\n%s", command->help);
}

static int unknown_command(const char *name)
{
    const char *near = options_suggest(name, command_name, NULL);

    if (near)
        fprintf(stderr, "dagd: unknown command '%s'; did you mean '%s'?\n", name, near);
    else
        fprintf(stderr, "dagd: unknown command '%s'\n", name);
    fprintf(stderr, "try 'dagd help'\n");
    return CLI_USAGE;
}

/** Standard output may be a full disk or a closed pipe: that is an error, too. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    fprintf(stderr, "dagd: cannot write to standard output\n");
    return code == CLI_OK ? CLI_IO : code;
}

static int cli_version(int argc, char **argv, const struct registry *registry)
{
    (void)registry;
    if (argc > 1)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[1]);
    printf("dagd %s\n", DAGD_VERSION);
    return CLI_OK;
}

static int cli_help(int argc, char **argv, const struct registry *registry)
{
    if (argc > 1 && argc <= 3 && strcmp(argv[1], "ctl") == 0)
        return cli_ctl_help(argc > 2 ? argv[2] : NULL);
    if (argc > 2)
        return cli_usage_error(argv[0], "unexpected argument '%s'", argv[2]);
    if (argc < 2) {
        print_overview(stdout);
        return CLI_OK;
    }

    const struct command *command = command_find(argv[1]);

    if (!command && strcmp(argv[1], "types") == 0)
        return cli_manual(NULL, registry);
    if (!command)
        return cli_manual(argv[1], registry);
    print_help(command);
    return CLI_OK;
}

/** Moves every `--plugin-dir DIR` of argv to `dirs`. False: one lacks its value. */
static bool take_plugin_dirs(int *argc, char **argv, const char **dirs, size_t *dir_count)
{
    static const char name[] = "--plugin-dir";
    int kept = 0;
    bool is_over = false;

    *dir_count = 0;
    for (int i = 0; i < *argc; i++) {
        is_over = is_over || strcmp(argv[i], "--") == 0;
        if (!is_over && strcmp(argv[i], name) == 0) {
            if (++i == *argc)
                return false;
            dirs[(*dir_count)++] = argv[i];
        } else if (!is_over && strncmp(argv[i], name, sizeof(name) - 1) == 0 &&
                   argv[i][sizeof(name) - 1] == '=') {
            dirs[(*dir_count)++] = argv[i] + sizeof(name);
        } else {
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    *argc = kept;
    return true;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct dag_error err = {0};
    size_t dir_count = 0;

    if (command->run != cli_ctl && wants_help(argc, argv)) { /* its subcommands have their own */
        print_help(command);
        return CLI_OK;
    }

    const char **dirs = calloc((size_t)argc + 1, sizeof(*dirs));

    if (!dirs)
        return CLI_IO;
    if (!take_plugin_dirs(&argc, argv, dirs, &dir_count)) {
        free(dirs);
        return cli_usage_error(command->name, "option '--plugin-dir' needs a value");
    }

    struct components *components = components_new(dirs, dir_count, &err);
    int code = CLI_INVALID;

    if (components)
        code = command->run(argc, argv, components_registry(components));
    else
        fprintf(stderr, "dagd: error: %s\n", err.message);
    components_free(components);
    free(dirs);
    return code;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_overview(stdout);
        return finish_output(CLI_OK);
    }

    static char version[] = "version";

    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
        argv[1] = version;

    const struct command *command = command_find(argv[1]);

    if (!command)
        return unknown_command(argv[1]);
    return finish_output(run_command(command, argc - 1, argv + 1));
}
