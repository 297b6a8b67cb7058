using System.Numerics;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Writes the columns of a rollup, all in <see cref="NumberRuns"/>.</summary>
internal static class RollupWriter
{
    /// <summary>Writes 128-bit numbers as a column of their upper halves, mostly all alike, and one of their lower.</summary>
    public static void WriteWide(this ByteWriter writer, ReadOnlySpan<Int128> numbers)
    {
        WriteHalves(writer, numbers, 64);
        WriteHalves(writer, numbers, 0);
    }

    /// <summary>
    /// Writes ascending lists: lengths, first values unless the reader gets them elsewhere, then differences. List i is
    /// <c>values[starts[i]..starts[i + 1]]</c>.
    /// </summary>
    public static void WriteAscending<T>(this ByteWriter writer, ReadOnlySpan<int> starts, ReadOnlySpan<T> values, bool withFirst = true)
        where T : struct, IBinaryInteger<T>
    {
        Span<long> run = stackalloc long[NumberRuns.Length];
        int filled = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            filled = Put(writer, run, filled, starts[i + 1] - starts[i]);
        }

        writer.WriteNumbers(run[..filled]);
        filled = 0;
        for (int i = 0; i + 1 < starts.Length && withFirst; i++)
        {
            filled = starts[i + 1] > starts[i] ? Put(writer, run, filled, long.CreateChecked(values[starts[i]])) : filled;
        }

        writer.WriteNumbers(run[..filled]);
        filled = 0;
        for (int i = 0; i + 1 < starts.Length; i++)
        {
            for (int at = starts[i] + 1; at < starts[i + 1]; at++)
            {
                filled = Put(writer, run, filled, long.CreateChecked(values[at] - values[at - 1]));
            }
        }

        writer.WriteNumbers(run[..filled]);
    }

    /// <summary>Writes a dictionary: how many texts, their lengths, then the texts.</summary>
    public static void WriteTexts(this ByteWriter writer, SymbolTable texts)
    {
        writer.Varint((ulong)texts.Count);
        SymbolView view = texts.View();
        Span<long> run = stackalloc long[NumberRuns.Length];
        int filled = 0;
        for (int code = 0; code < texts.Count; code++)
        {
            filled = Put(writer, run, filled, texts[code].Length);
        }

        writer.WriteNumbers(run[..filled]);
        writer.Bytes(view.Bytes.AsSpan(0, texts.TextBytes));
    }

    private static void WriteHalves(ByteWriter writer, ReadOnlySpan<Int128> numbers, int shift)
    {
        Span<long> run = stackalloc long[NumberRuns.Length];
        int filled = 0;
        foreach (Int128 number in numbers)
        {
            filled = Put(writer, run, filled, unchecked((long)(ulong)(number >> shift)));
        }

        writer.WriteNumbers(run[..filled]);
    }

    // Writes a run as soon as it is whole, so that no column is put together in memory. Returns how full the next one is.
    private static int Put(ByteWriter writer, Span<long> run, int filled, long number)
    {
        run[filled] = number;
        if (filled + 1 < run.Length)
        {
            return filled + 1;
        }

        writer.WriteNumbers(run);
        return 0;
    }
}
