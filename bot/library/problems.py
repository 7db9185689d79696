"""THE list of what can be wrong with a bank or a lesson: each code with its severity.

A code has a sentence in `texts.txt.j2` (`problem_<code>`) and a deliberately bad file in `quizzes/bad/`; tests hold
both.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.library.model import Severity

_ERRORS = """
empty_file too_big unknown_format encoding_unknown control_character too_many_problems unreadable
yaml_syntax yaml_alias yaml_tag yaml_documents too_deep duplicate_key
csv_quote extra_cell no_header missing_column unknown_column duplicate_column unknown_setting
old_excel macros broken_workbook workbook_bomb sheet_too_large formula_cell date_cell error_cell merged_cells
no_questions too_many_questions missing_field unknown_field expected_text expected_list expected_map expected_bool
expected_number bad_id duplicate_id unknown_kind unknown_language missing_base_text bad_topic bad_jurisdiction
mixed_any too_few_options too_many_options option_gap no_right_option several_right right_unreadable right_is_empty
too_long too_many_line_feeds duplicate_option duplicate_question bad_picture bad_spot
expected_amount unknown_picture
front_matter no_cards too_many_cards too_many_words too_many_characters seconds_range markup picture_missing
xml_syntax xml_forbidden xml_root gift_brace gift_answers aiken_answer aiken_letter broken_zip zip_bomb zip_banks
took_too_long too_much_memory checker_ended
picture_too_big picture_unreadable lesson_id_differs lesson_language lesson_differs
"""
_WARNINGS = """
all_right misconception_on_right missing_misconception missing_translation untranslated no_source unknown_fact
unknown_topic unknown_lesson fact_of_another_place number_without_jurisdiction jurisdiction_not_named
all_of_the_above lesson_language_missing
no_explanation kind_not_held not_kept weight_dropped either_right all_or_nothing wildcard feedback_dropped
feedback_left_out id_made topic_made place_made carried_stale zip_extra
near_duplicate longest_is_right right_positions_uneven true_false_uneven much_bold many_numbers
"""

PROBLEMS: Mapping[str, Severity] = {
    **dict.fromkeys(_ERRORS.split(), Severity.ERROR),
    **dict.fromkeys(_WARNINGS.split(), Severity.WARNING),
}

SHIPPED_ERRORS = frozenset(
    {
        "all_of_the_above",
        "all_right",
        "misconception_on_right",
        "missing_misconception",
        "lesson_language_missing",
        "missing_translation",
        "no_explanation",
        "near_duplicate",
        "no_source",
        "unknown_fact",
        "unknown_lesson",
        "untranslated",
    }
)
"""Warnings for a trainer's bank which are errors in what Davy ships."""

NOT_TAKEN = (
    "feedback_left_out", "kind_not_held", "either_right", "wildcard", "weight_dropped", "carried_stale", "not_kept",
    "feedback_dropped", "zip_extra", "all_or_nothing", "topic_made", "place_made", "id_made",
)  # fmt: skip
"""Warnings that say how what is taken differs from what the file said; told before all other advice, in this order."""
