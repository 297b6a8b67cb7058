using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Load;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Compare.Measurements;

/// <summary>The load generator on our server: transactions of 16 fields as MessagePack.</summary>
internal static class OurLoad
{
    /// <summary>Pushes for so long.</summary>
    /// <param name="context">The comparison.</param>
    /// <param name="server">Where to.</param>
    /// <param name="form">The form of samples.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="batch">Samples of a batch.</param>
    /// <param name="length">How long.</param>
    /// <param name="rate">Samples a second, on schedule; null for as fast as they are taken.</param>
    /// <param name="warmUp">How long of it at the start does not count in latencies.</param>
    /// <param name="rows">What changes from one sending to the next.</param>
    public static LoadReport Run(
        CompareContext context, MeasuredServer server, SampleForm form, int connections, int batch, TimeSpan length, double? rate = null,
        TimeSpan warmUp = default, SentRows rows = SentRows.Fresh) =>
        LoadRun.Measure(
            new LoadOptions
            {
                Address = server.Address,
                Token = MeasuredServer.Token,
                Length = length,
                WarmUp = warmUp,
                ConnectionCount = connections,
                BatchSamples = batch,
                Form = form,
                Kind = Kind.Transaction,
                HasGateway = false,
                Json = false,
                Gzip = false,
                Repeats = rows == SentRows.Repeated,
                Rate = rate,
            },
            context.Clock, context.Stop);
}

/// <summary>What changes from one sending of a body to the next.</summary>
internal enum SentRows
{
    /// <summary>Every value of every row.</summary>
    Fresh,

    /// <summary>Times and ids only.</summary>
    Repeated,
}
