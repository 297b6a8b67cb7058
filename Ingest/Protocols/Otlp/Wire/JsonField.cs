using System.Text;
using System.Text.Json;

namespace TimeSeries.Ingest.Protocols.Otlp.Wire;

/// <summary>A field of a message.</summary>
/// <param name="Number">Its number in protobuf.</param>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Type">What it holds.</param>
internal sealed record JsonField(int Number, string Name, JsonFieldType Type)
{
    /// <summary>What it holds, when it is a message.</summary>
    public JsonMessageName Message { get; init; }

    /// <summary>Whether it is a list.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Whether it and others replace each other.</summary>
    public bool IsInOneOf { get; init; }

    /// <summary>Names of an enum's numbers, from 0.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>The number that an enum's name means, or null.</summary>
    public int? NumberOf(ref Utf8JsonReader value)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (value.ValueTextEquals(Names[i]))
            {
                return i;
            }
        }

        return Type == JsonFieldType.Severity ? SeverityOf(ref value) : null;
    }

    // SEVERITY_NUMBER_TRACE is 1, and each level has four numbers.
    private static int? SeverityOf(ref Utf8JsonReader value)
    {
        const int Numbers = 4;
        string[] levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        for (int number = 0; number < levels.Length * Numbers; number++)
        {
            string suffix = number % Numbers == 0 ? "" : $"{number % Numbers + 1}";
            if (value.ValueTextEquals($"SEVERITY_NUMBER_{levels[number / Numbers]}{suffix}"))
            {
                return number + 1;
            }
        }

        return value.ValueTextEquals("SEVERITY_NUMBER_UNSPECIFIED") ? 0 : null;
    }
}
