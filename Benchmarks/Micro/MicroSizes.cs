namespace TimeSeries.Benchmarks.Micro;

/// <summary>Sizes that all suites share, so that their results per sample can be added up to a pipeline.</summary>
internal static class MicroSizes
{
    /// <summary>Samples in a batch, as the load generator sends them by default.</summary>
    public const int BatchSamples = 10_000;

    /// <summary>Batches that fill one block: a million samples, the default seal.</summary>
    public const int BlockBatches = 100;
}
