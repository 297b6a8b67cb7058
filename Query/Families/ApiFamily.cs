namespace TimeSeries.Query.Families;

/// <summary>An API family: its name in metrics, and the shape in which it tells errors.</summary>
/// <param name="Name">The name, one of a few.</param>
/// <param name="WriteErrorAsync">Writes an error of a status, with a sentence for the caller, as the whole answer.</param>
internal sealed record ApiFamily(string Name, Func<HttpContext, int, string, Task> WriteErrorAsync);
