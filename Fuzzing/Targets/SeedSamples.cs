using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>Samples of each kind, with every encoding of columns that so few can have: from the corpus of JSON.</summary>
internal static class SeedSamples
{
    private static readonly string[] _names = ["every-kind.json", "transactions.json"];

    /// <summary>The batches, new ones each time.</summary>
    public static IEnumerable<ValidBatch> All => _names.Select(name => BuiltBatch.MakeSeed(File.ReadAllBytes(Running.CorpusFolder.PathOf("json", name))));
}
