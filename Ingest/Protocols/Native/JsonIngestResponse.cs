using System.Text.Json;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>Writes responses as JSON.</summary>
internal static class JsonIngestResponse
{
    public static void Write(Utf8JsonWriter json, IngestResult result, UnknownNames unknown)
    {
        json.WriteStartObject();
        json.WriteNumber("accepted"u8, result.Counts.Accepted);
        json.WriteNumber("rejected"u8, result.Counts.Rejected);
        json.WriteNumber("duplicates"u8, result.Counts.Duplicates);
        json.WriteNumber("truncated"u8, result.Counts.Truncated);
        json.WriteBoolean("duplicate"u8, result.IsDuplicate);
        if (result.Stored is { } stored)
        {
            json.WriteBoolean("stored"u8, stored.IsWhole);
            if (stored.Refused > 0)
            {
                json.WriteNumber("refused"u8, stored.Refused);
            }
        }

        WriteErrors(json, result.Errors);
        WriteUnknown(json, unknown);
        json.WriteString("position"u8, result.Position);
        json.WriteEndObject();
    }

    /// <summary>Writes the names that mean nothing here, and how many there are where not all are listed.</summary>
    public static void WriteUnknown(Utf8JsonWriter json, UnknownNames unknown)
    {
        json.WriteStartArray("unknown"u8);
        foreach (string name in unknown.List())
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        if (unknown.IsCut)
        {
            json.WriteNumber("unknownCount"u8, unknown.Count);
        }
    }

    public static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<SampleError> errors)
    {
        json.WriteStartArray("errors"u8);
        foreach (SampleError error in errors)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, SampleSchema.Of(error.Kind).Name);
            json.WriteNumber("index"u8, error.Index);
            json.WriteString("field"u8, error.Field);
            json.WriteString("reason"u8, error.Reason);
            if (error.Value is not null)
            {
                json.WriteString("value"u8, error.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
