using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>Samples of each kind, with every encoding of columns that so few can have: from the corpus of JSON.</summary>
internal static class SeedSamples
{
    private static readonly string[] _names = ["every-kind.json", "transactions.json"];

    /// <summary>The batches, new ones each time.</summary>
    public static IEnumerable<ValidBatch> All => _names.Select(name => BuiltBatch.MakeSeed(File.ReadAllBytes(Running.CorpusFolder.PathOf("json", name))));

    /// <summary>Writes them into a store that is empty.</summary>
    public static void WriteInto(EmbeddedStore store)
    {
        long end = 0;
        long number = 0;
        foreach (ValidBatch batch in All)
        {
            batch.FirstNumber = number;
            number += batch.Samples.RowCount;
            store.WriteAsync(batch, new LogPosition(++end), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }
}
