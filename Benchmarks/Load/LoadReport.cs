using System.Text.Json;
using System.Text.Json.Serialization;

namespace TimeSeries.Benchmarks.Load;

/// <summary>What a load run measured: one JSON line. Latencies are those of batches that were taken, resends included.</summary>
internal sealed record LoadReport
{
    /// <summary>Samples that the server's responses call accepted; nothing else counts.</summary>
    public required long Samples { get; init; }

    /// <summary>From the start to the end of the run or the last response, whichever is later.</summary>
    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>Responses other than 200 and 429, and broken connections.</summary>
    public required long Errors { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    public required double P999Ms { get; init; }

    public required double MaxMs { get; init; }

    /// <summary>Batches answered 200.</summary>
    public required long Batches { get; init; }

    /// <summary>Responses 429; each such batch was sent again.</summary>
    public required long Rejected429 { get; init; }

    /// <summary>Samples that responses with status 200 call rejected.</summary>
    public required long RejectedSamples { get; init; }

    /// <summary>Batches that were due (at a rate) and have no 200: those the connections did not get to, and those that failed.</summary>
    public required long UnsentBatches { get; init; }

    public required long BytesSent { get; init; }

    /// <summary>Processor time of this process while it sent, user and system.</summary>
    public required double GeneratorCpuSeconds { get; init; }

    /// <summary>Of it, what fell on a sample.</summary>
    public double GeneratorMicrosecondsPerSample => Math.Round(GeneratorCpuSeconds * 1e6 / Math.Max(1, Samples), 4);

    /// <summary>Whether only times and ids changed from one sending to the next.</summary>
    public required bool Repeats { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, LoadReportJson.Default.LoadReport);
}

/// <summary>How the report is written: camel case, one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadReportJson : JsonSerializerContext;
