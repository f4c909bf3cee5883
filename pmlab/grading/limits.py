"""What one submission may use, in one place."""

import dataclasses


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """Most that one submission may use.

    Attributes:
        cell_seconds: For one cell of the notebook.
        call_seconds: For one call of a learner's function by a check.
        total_seconds: For the whole submission, on the clock and of CPU time.
        memory_mb: Address space of each process, and about what all of them hold.
        processes: Processes and threads at a time.
        output_bytes: Printed text, tables and charts of one cell.
        file_mb: Files in the scratch folder, each and together.
        answer_mb: One value that comes back from the learner's code.
        notebook_mb: The submitted notebook file.
    """

    cell_seconds: float = 30
    call_seconds: float = 20
    total_seconds: float = 240
    memory_mb: int = 2048
    processes: int = 64
    output_bytes: int = 2_000_000
    file_mb: int = 64
    answer_mb: int = 64
    notebook_mb: int = 20
