using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using TimeSeries.Ingest.Protocols.Otlp.Wire;

namespace TimeSeries.Ingest.Protocols.Otlp.Transport;

/// <summary>Items that were rejected from a request that was taken.</summary>
/// <param name="Rejected">How many.</param>
/// <param name="Message">Why.</param>
internal sealed record PartialSuccess(long Rejected, string Message)
{
    public void WriteProto(IBufferWriter<byte> into)
    {
        ArrayBufferWriter<byte> message = new(128);
        ProtoWriter.WriteNumber(message, 1, Rejected);
        ProtoWriter.WriteBytes(message, 2, Encoding.UTF8.GetBytes(Message));
        ProtoWriter.WriteBytes(into, 1, message.WrittenSpan);
    }

    public static void WriteJson(PartialSuccess? rejected, TelemetrySignal signal, IBufferWriter<byte> into)
    {
        using Utf8JsonWriter json = new(into);
        json.WriteStartObject();
        if (rejected is { } some)
        {
            json.WriteStartObject("partialSuccess"u8);

            // 64-bit integers are texts in protobuf's JSON.
            string name = signal switch
            {
                TelemetrySignal.Traces => "rejectedSpans",
                TelemetrySignal.Metrics => "rejectedDataPoints",
                _ => "rejectedLogRecords",
            };
            json.WriteString(name, some.Rejected.ToString(CultureInfo.InvariantCulture));
            json.WriteString("errorMessage"u8, some.Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
