"""What comes out of checking: our own result type, free of Great Expectations and of values."""

from __future__ import annotations

from dataclasses import dataclass

from expectations.rules import Severity


@dataclass(frozen=True)
class CheckResult:
    """One expectation of one suite in one run.

    Attributes:
        run_id: The run.
        suite: Name of the suite.
        table_name: Table that was checked.
        expectation: What should hold, as a sentence.
        severity: critical, warning or info.
        is_passed: Whether it held; an error while checking counts as not.
        checked_count: Rows looked at.
        failed_count: Rows that break it; 1 where it is about the whole table.
        sample: Up to five ids of such rows, never other values.
        detail: Why the bound is what it is; after an error in the check, its text.
    """

    run_id: str
    suite: str
    table_name: str
    expectation: str
    severity: Severity
    is_passed: bool
    checked_count: int
    failed_count: int
    sample: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class SuiteReport:
    """Results of all suites of one door in one run.

    Attributes:
        results: One per expectation, in the order of the suites.
        seconds: How long checking took, imports left out.
    """

    results: tuple[CheckResult, ...]
    seconds: float = 0.0

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """What did not hold."""
        return tuple(result for result in self.results if not result.is_passed)

    @property
    def critical_failures(self) -> tuple[CheckResult, ...]:
        """What blocks: the account's new data at the raw door, publishing at the marts' door."""
        return tuple(result for result in self.failures if result.severity == "critical")

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """What warns and does not block."""
        return tuple(result for result in self.failures if result.severity == "warning")
