# The reference job for jq -c: defaults, total, keep.
(if .status == null then "new" else .status end) as $status
| ([.value1, .value2 | numbers] | add // 0) as $total
| with_entries(select(.key == "id" or .key == "name")) + {status: $status, total: $total}
