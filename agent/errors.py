"""What can go wrong, as a tree; every message says what happened, to what, and what to do next.

ConspectusError
├── SourceError          a file of papers cannot be read at all
├── FolderError          a file of the review folder is missing, broken or cannot be written
│   ├── ProtocolError    review.toml says something that is not allowed
│   └── TaxonomyError    taxonomy.yaml says something that is not allowed
├── TooManyNew           a refresh would let in more new papers than it may
├── NoSuchSection        a section that is to be written anew is not there
├── QuestionError        a question cannot be put as it is: it is empty, too long, or limited to what is not there
├── Unfinished           a stage that all others rest on stayed unanswered
├── CallError            one call failed for good; it becomes an Unanswered
│   ├── BadReply         the reply is not an answer of the type that was asked for
│   ├── Refused          the model would not answer, or a content filter would not let it
│   ├── Truncated        the reply ended before the answer did
│   └── TransportFailed  the server could not be reached, or failed as often as it was tried
│       └── NotTaken     the server answers, and does not take a call of this form
└── RunStopped           nothing more can be asked in this run; what was paid for is kept
    ├── BudgetSpent      the next attempt could pass a limit of the budget
    ├── Declined         whoever was asked whether to go on said no
    ├── NotRecorded      a replay met a call that its cassette does not hold
    ├── NotAllowed       the server will answer no call: its address, the key or the model is wrong
    ├── NotKept          a reply cannot be stored, or those that are stored cannot be read
    └── Unreachable      the server never gave a reply
"""


class ConspectusError(Exception):
    """Anything that a face turns into one line and an exit code."""


class SourceError(ConspectusError):
    """A file of papers cannot be read at all."""


class FolderError(ConspectusError):
    """A file of the review folder is missing, broken or cannot be written."""


class ProtocolError(FolderError):
    """review.toml says something that is not allowed."""


class TaxonomyError(FolderError):
    """taxonomy.yaml says something that is not allowed."""


class TooManyNew(ConspectusError):
    """A refresh would let in more new papers than it may; nothing was written or sent."""


class NoSuchSection(ConspectusError):
    """A section that is to be written anew is not there; nothing was written or sent."""


class QuestionError(ConspectusError):
    """A question cannot be put as it is: it is empty, too long, or limited to papers or categories there are not."""


class Unfinished(ConspectusError):
    """A stage that all others rest on stayed unanswered; the next run asks again."""


class CallError(ConspectusError):
    """One call failed for good; the stage keeps it as an Unanswered and goes on."""


class BadReply(CallError):
    """The reply is not an answer of the type that was asked for, even after it was asked again."""


class Refused(CallError):
    """The model would not answer, or a content filter would not let it."""


class Truncated(CallError):
    """The reply ended before the answer did; a larger `max_output_tokens` may help."""


class TransportFailed(CallError):
    """The server could not be reached, or failed as often as it was tried."""


class NotTaken(TransportFailed):
    """The server answers, and does not take a call of this form; another mode or another setting may do."""


class RunStopped(ConspectusError):
    """Nothing more can be asked in this run; calls in flight are waited for and kept."""


class BudgetSpent(RunStopped):
    """The next attempt could pass a limit of the budget."""


class Declined(RunStopped):
    """Whoever was asked whether to go on, at what it would cost, said no."""


class NotRecorded(RunStopped):
    """A replay met a call that its cassette does not hold."""


class NotAllowed(RunStopped):
    """The server will answer no call at all: no address that may be asked, no key or credit, or no such model."""


class NotKept(RunStopped):
    """A reply cannot be stored, or those that are stored cannot be read: what is asked now could be paid for twice."""


class Unreachable(RunStopped):
    """The server never gave a reply, however often it was tried; the other calls would fare no better."""
