using System.Collections.Concurrent;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>The expected responses over one set of samples, each computed once however many tests need it. Thread safe.</summary>
internal sealed class ExpectedResponses(IReadOnlyList<OracleSample> samples)
{
    private readonly ConcurrentDictionary<(string Endpoint, long Pcode, long From, long To), object> _responses = new();

    public IReadOnlyList<OracleSample> Samples { get; } = samples;

    public object Of(OracleEndpoint endpoint, long pcode, long from, long to) =>
        _responses.GetOrAdd((endpoint.Name, pcode, from, to), _ => endpoint.Response(Samples, pcode, from, to));
}
