namespace TimeSeries.Hosting.Running;

/// <summary>The host can't start, for a reason that one sentence tells; printed without a stack trace, exit code 1.</summary>
public sealed class StartRefusedException(string sentence, Exception? cause = null) : Exception(sentence, cause);
