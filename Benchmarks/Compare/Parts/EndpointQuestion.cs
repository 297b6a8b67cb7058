namespace TimeSeries.Benchmarks.Compare.Parts;

/// <summary>One documented endpoint.</summary>
/// <param name="Name">As the README names it.</param>
/// <param name="Request">Makes the request, a new one each time.</param>
internal sealed record EndpointQuestion(string Name, Func<HttpRequestMessage> Request);
