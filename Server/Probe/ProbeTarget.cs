namespace TimeSeries.Server.Probe;

/// <summary>Where a prober writes and reads, and as whom.</summary>
/// <param name="Http">Calls the server; its base address ends with a slash.</param>
/// <param name="Name">The name of the prober's agent.</param>
/// <param name="Pcode">The project.</param>
/// <param name="Token">A token of it that may push and read. It must not be logged.</param>
/// <param name="AccessKey">An access key of it with its secret; null leaves out the API that needs one.</param>
internal sealed record ProbeTarget(HttpClient Http, string Name, long Pcode, string Token, (string Id, string Secret)? AccessKey);
