/* api_handlers.h - the handlers of all operations, named after their operation_id. */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HTTP_API_HANDLERS_H
#define HTTP_API_HANDLERS_H

#include "http/http.h"

/** `context` is the struct api. See api.h for what is settled before one is called. */
typedef void api_handler(void *context, struct http_request *request);

/* state */
api_handler handle_read_state;
api_handler handle_read_why;
api_handler handle_list_nodes;
api_handler handle_read_node;
api_handler handle_list_node_errors;
api_handler handle_clear_node_errors;
api_handler handle_read_series;
api_handler handle_read_cycle;

/* account */
api_handler handle_set_up;
api_handler handle_login;
api_handler handle_logout;
api_handler handle_read_me;
api_handler handle_change_my_password;
api_handler handle_list_my_tokens;
api_handler handle_create_my_token;
api_handler handle_revoke_my_token;
api_handler handle_list_my_login_sessions;
api_handler handle_end_my_login_session;

/* dags */
api_handler handle_list_dags;
api_handler handle_read_totals;
api_handler handle_create_dag;
api_handler handle_read_dag;
api_handler handle_update_dag;
api_handler handle_delete_dag;
api_handler handle_read_dag_details;
api_handler handle_list_revisions;
api_handler handle_read_revision;
api_handler handle_roll_back_dag;
api_handler handle_clone_dag;
api_handler handle_read_layout;
api_handler handle_put_layout;
api_handler handle_plan_dag;

/* life */
api_handler handle_start_dag;
api_handler handle_restart_dag;
api_handler handle_suspend_dag;
api_handler handle_resume_dag;
api_handler handle_stop_dag;
api_handler handle_act_on_dags;
api_handler handle_list_runs;

/* streams */
api_handler handle_tap_node;
api_handler handle_read_events;

/* messages */
api_handler handle_publish_messages;
api_handler handle_step_dag;
api_handler handle_list_dead_letters;
api_handler handle_discard_dead_letters;
api_handler handle_redrive_dead_letters;

/* authoring */
api_handler handle_validate_dag;
api_handler handle_list_components;
api_handler handle_read_component;
api_handler handle_read_dag_schema;

/* users */
api_handler handle_list_users;
api_handler handle_create_user;
api_handler handle_read_user;
api_handler handle_update_user;
api_handler handle_delete_user;
api_handler handle_reset_password;
api_handler handle_list_login_sessions;
api_handler handle_end_login_sessions;
api_handler handle_list_tokens;
api_handler handle_revoke_tokens;
api_handler handle_read_token;
api_handler handle_revoke_token;

/* audit */
api_handler handle_list_audit;
api_handler handle_export_audit;

/* server */
api_handler handle_read_server;
api_handler handle_read_config;
api_handler handle_read_log_levels;
api_handler handle_put_log_levels;
api_handler handle_read_cluster;
api_handler handle_step_down;
api_handler handle_drain_server;
api_handler handle_read_openapi;

/* probes */
api_handler handle_read_health;
api_handler handle_read_readiness;
api_handler handle_read_metrics;

#endif
