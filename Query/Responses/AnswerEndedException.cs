namespace TimeSeries.Query.Responses;

/// <summary>An answer failed after it had begun, and its caller was told in its own form: there is nothing to cut.</summary>
internal sealed class AnswerEndedException(Exception cause) : Exception("An answer ended with an error.", cause);
