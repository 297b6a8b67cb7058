using System.Collections.Concurrent;

namespace TimeSeries.Tests.Contract.Oracle;

/// <summary>The expected answers over one set of samples, each computed once however many tests ask. Thread safe.</summary>
internal sealed class ExpectedAnswers(IReadOnlyList<OracleSample> samples)
{
    private readonly ConcurrentDictionary<(string Endpoint, long Pcode, long From, long To), object> _answers = new();

    public IReadOnlyList<OracleSample> Samples { get; } = samples;

    public object Of(OracleEndpoint endpoint, long pcode, long from, long to) =>
        _answers.GetOrAdd((endpoint.Name, pcode, from, to), _ => endpoint.Answer(Samples, pcode, from, to));
}
