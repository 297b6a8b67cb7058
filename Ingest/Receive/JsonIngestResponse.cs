using System.Text.Json;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Building;

namespace TimeSeries.Ingest.Receive;

/// <summary>Writes responses as JSON.</summary>
internal static class JsonIngestResponse
{
    public static void Write(Utf8JsonWriter json, IngestResponse answer)
    {
        json.WriteStartObject();
        json.WriteNumber("accepted"u8, answer.Counts.Accepted);
        json.WriteNumber("rejected"u8, answer.Counts.Rejected);
        json.WriteNumber("duplicates"u8, answer.Counts.Duplicates);
        json.WriteNumber("truncated"u8, answer.Counts.Truncated);
        json.WriteBoolean("duplicate"u8, answer.IsDuplicate);
        if (answer.IsStored is { } isStored)
        {
            json.WriteBoolean("stored"u8, isStored);
        }

        WriteErrors(json, answer.Errors);
        json.WriteStartArray("unknown"u8);
        foreach (string name in answer.Unknown)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteString("position"u8, answer.Position);
        json.WriteEndObject();
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
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
