/* test_queue.c - batches come out as they went in, and no reference is lost. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/batch.h"
#include "runtime/queue.h"

static int64_t next_number;

static void push(struct queue *queue, uint32_t rows)
{
    struct dag_batch *batch = dag_batch_new();
    const struct dag_name *name = dag_name_intern("n", 1, NULL);

    for (uint32_t i = 0; i < rows; i++) {
        struct dag_value *value = dag_batch_alloc(batch, sizeof(*value));
        *value = dag_value_int(next_number);
        struct dag_row row = {dag_shape_of(&name, 1, NULL), value};
        assert_true(batch_push(batch, row, (struct dag_origin){.offset = (uint64_t)next_number}));
        next_number++;
    }
    assert_true(queue_reserve(queue, 1));
    queue_push(queue,
               (struct queue_item){.batch = batch, .rows = dag_batch_rows(batch), .end = rows});
}

static int64_t first_number(const struct queue *queue)
{
    const struct queue_item *head = queue_head(queue);

    return head ? head->rows[head->first].values[0].as.integer : -1;
}

static void keeps_order_while_it_grows(void **unused)
{
    (void)unused;
    struct queue queue = {0};
    int64_t expected = 0;

    next_number = 0;
    for (uint32_t i = 0; i < 100; i++) {
        push(&queue, 1 + i % 3);
        push(&queue, 2);
        struct queue_item item = queue_pop(&queue);
        for (uint32_t row = item.first; row < item.end; row++)
            assert_int_equal(item.rows[row].values[0].as.integer, expected++);
        dag_batch_unref(item.batch);
    }
    assert_int_equal(queue.count, 100);
    assert_int_equal(queue.row_count, next_number - expected);
    queue_clear(&queue);
    assert_int_equal(queue.row_count, 0);
    assert_int_equal(queue.size, 0);
}

static void an_empty_queue_gives_a_big_ring_back(void **unused)
{
    (void)unused;
    struct queue queue = {0};

    for (int i = 0; i < 100; i++)
        push(&queue, 1);
    assert_true(queue.capacity >= 100);
    assert_int_equal(queue_drop(&queue, 1000), 100);
    assert_true(queue_reserve(&queue, 1));
    assert_true(queue.capacity <= 16);
    assert_int_equal(queue.size, 0);
    queue_clear(&queue);
}

static void drops_the_oldest_rows(void **unused)
{
    (void)unused;
    struct queue queue = {0};

    next_number = 0;
    push(&queue, 3);
    push(&queue, 4);
    assert_int_equal(queue_drop(&queue, 2), 2);
    assert_int_equal(first_number(&queue), 2);
    assert_int_equal(queue_drop(&queue, 2), 2);
    assert_int_equal(first_number(&queue), 4);
    assert_int_equal(queue.row_count, 3);
    assert_int_equal(queue_drop(&queue, 9), 3);
    assert_null(queue_head(&queue));
    queue_clear(&queue);
}

static void joins_until_the_head_is_long_enough(void **unused)
{
    (void)unused;
    struct queue queue = {0};
    struct dag_error err;

    next_number = 0;
    push(&queue, 3);
    push(&queue, 1);
    push(&queue, 4);
    push(&queue, 5);
    queue_drop(&queue, 2);
    assert_true(queue_join(&queue, 3, NULL, &err));
    struct queue_item *head = queue_head(&queue);
    assert_int_equal(head->end - head->first, 6);
    assert_int_equal(queue.count, 2);
    assert_int_equal(queue.row_count, 11);
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(head->rows[head->first + i].values[0].as.integer, 2 + i);
        assert_int_equal(dag_batch_origins(head->batch)[head->first + i].offset, 2 + i);
    }
    assert_true(queue_join(&queue, 3, NULL, &err)); /* it is long enough */
    assert_int_equal(queue.count, 2);
    assert_true(queue_join(&queue, 1000, NULL, &err)); /* as far as there is something */
    assert_int_equal(queue.count, 1);
    assert_int_equal(queue.row_count, 11);
    queue_clear(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order_while_it_grows),
        cmocka_unit_test(an_empty_queue_gives_a_big_ring_back),
        cmocka_unit_test(drops_the_oldest_rows),
        cmocka_unit_test(joins_until_the_head_is_long_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
