using System.Numerics;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// Writes the points of thread counts. A result's rows are a bucket of an agent each, with its number of samples and their sum in millionths;
/// every value is a quotient of integers, rounded once to two decimals, half to even.
/// </summary>
internal static class ThreadCountSeries
{
    /// <summary>Part of the key: the agent's id.</summary>
    public const int Oid = 0;

    /// <summary>Part of the key: the agent's name.</summary>
    public const int Oname = 1;

    private const int Count = 0;
    private const int Sum = 1;
    private const long Millionths = 1_000_000;
    private const int Hundredths = 100;

    /// <summary>Writes <c>objects</c> of rows sorted by agent, then bucket.</summary>
    public static async ValueTask WriteAgentsAsync(JsonResponse response, QueryResult result)
    {
        Utf8JsonWriter json = response.Json;
        json.WriteStartArray("objects"u8);
        for (int row = 0; row < result.RowCount; row++)
        {
            if (row == 0 || !IsSameAgent(result, row - 1, row))
            {
                EndAgent(json, row);
                json.WriteStartObject();
                json.WriteString("oname"u8, result.KeyText(row, Oname));
                json.WriteNumber("oid"u8, result.KeyNumber(row, Oid));
                json.WriteStartArray("series"u8);
            }

            Int128 mean = ExactMath.RoundHalfToEven(result.Sum(row, Sum) * Hundredths, (Int128)result.Count(row, Count) * Millionths);
            WritePoint(json, result.WindowStart(row), (double)mean / Hundredths);
            await response.FlushWhenFullAsync();
        }

        EndAgent(json, result.RowCount);
        json.WriteEndArray();
    }

    /// <summary>Writes <c>objectMerge</c> and <c>series</c> of rows sorted by bucket: the mean of the agents' means, unrounded before.</summary>
    public static async ValueTask WriteMeanAsync(JsonResponse response, QueryResult result)
    {
        Utf8JsonWriter json = response.Json;
        json.WriteString("objectMerge"u8, "avg"u8);
        json.WriteStartArray("series"u8);
        Fraction means = Fraction.Zero;
        int agents = 0;
        for (int row = 0; row < result.RowCount; row++)
        {
            means = means.Add(result.Sum(row, Sum), result.Count(row, Count));
            agents++;
            if (row + 1 == result.RowCount || result.WindowStart(row + 1) != result.WindowStart(row))
            {
                BigInteger mean = means.DivideAndRound(Hundredths, (BigInteger)agents * Millionths);
                WritePoint(json, result.WindowStart(row), (double)mean / Hundredths);
                await response.FlushWhenFullAsync();
                (means, agents) = (Fraction.Zero, 0);
            }
        }

        json.WriteEndArray();
    }

    private static void EndAgent(Utf8JsonWriter json, int row)
    {
        if (row > 0)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static bool IsSameAgent(QueryResult result, int row, int other) =>
        result.KeyNumber(row, Oid) == result.KeyNumber(other, Oid) && result.KeyText(row, Oname).SequenceEqual(result.KeyText(other, Oname));

    // At most 9·10¹¹ hundredths: their quotient by 100 is the double nearest to the decimal, which is written with the same two digits.
    private static void WritePoint(Utf8JsonWriter json, long bucket, double value)
    {
        json.WriteStartArray();
        json.WriteNumberValue(bucket);
        json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
