using TimeSeries.Benchmarks.Http;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Load;

/// <summary>What a load run is asked to do; checked by the command.</summary>
internal sealed record LoadOptions
{
    public required ServerAddress Address { get; init; }

    public required string Token { get; init; }

    public required TimeSpan Length { get; init; }

    /// <summary>Batches that are due in this time at the start count in everything but latencies: both programs are still being compiled.</summary>
    public required TimeSpan WarmUp { get; init; }

    public required int ConnectionCount { get; init; }

    /// <summary>Samples in a batch.</summary>
    public required int BatchSamples { get; init; }

    public required SampleForm Form { get; init; }

    public required Kind Kind { get; init; }

    public required bool Json { get; init; }

    public required bool Gzip { get; init; }

    /// <summary>Whether only times and ids change from one sending to the next, not the other values.</summary>
    public required bool Repeats { get; init; }

    /// <summary>Whether transactions carry what a gateway adds.</summary>
    public required bool HasGateway { get; init; }

    /// <summary>Samples a second; null for as fast as the connections allow.</summary>
    public required double? Rate { get; init; }

    /// <summary>
    /// Transactions without a gateway in MessagePack columns, no row twice, on two connections: the load beside which something else is measured.
    /// </summary>
    /// <param name="address">The server's address.</param>
    /// <param name="token">A token with scope ingest.</param>
    /// <param name="length">How long to send.</param>
    /// <param name="warmUp">How much of it does not count in latencies.</param>
    /// <param name="rate">Samples a second; null for as fast as the connections allow.</param>
    public static LoadOptions OfTransactions(ServerAddress address, string token, TimeSpan length, TimeSpan warmUp, double? rate) => new()
    {
        Address = address,
        Token = token,
        Length = length,
        WarmUp = warmUp,
        ConnectionCount = 2,
        BatchSamples = 2_000,
        Form = SampleForm.Columns,
        Kind = Kind.Transaction,
        HasGateway = false,
        Json = false,
        Gzip = false,
        Repeats = false,
        Rate = rate,
    };
}
