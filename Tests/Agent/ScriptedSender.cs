using System.Collections.Concurrent;
using System.Text.Json;
using MessagePack;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Tests.Agent;

/// <summary>A server that responds as a test says, and keeps what was sent.</summary>
internal sealed class ScriptedSender : IBatchSender
{
    private readonly ConcurrentQueue<byte[]> _bodies = [];
    private readonly ConcurrentQueue<Func<Task<SendResult>>> _script = [];

    /// <summary>Every body that was sent, in order.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _bodies];

    /// <summary>What it says when the script is at its end.</summary>
    public Func<CancellationToken, Task<SendResult>> Otherwise { get; set; } = _ => Task.FromResult(new SendResult(200));

    /// <summary>Adds a response to the script.</summary>
    public ScriptedSender Then(SendResult result) => Then(() => Task.FromResult(result));

    public ScriptedSender Then(Func<Task<SendResult>> respond)
    {
        _script.Enqueue(respond);
        return this;
    }

    /// <summary>All samples of a kind that were sent, each as its fields.</summary>
    public IReadOnlyList<Dictionary<string, JsonElement>> SamplesOf(string kind) => [.. Bodies.SelectMany(body => SamplesOf(body, kind))];

    public static IEnumerable<Dictionary<string, JsonElement>> SamplesOf(byte[] body, string kind)
    {
        JsonElement batch = ReadBatch(body);
        return batch.TryGetProperty(kind, out JsonElement columns) ? Rows(columns) : [];
    }

    /// <summary>The batch as JSON.</summary>
    public static JsonElement ReadBatch(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(MessagePackSerializer.ConvertToJson(body));
        return document.RootElement.Clone();
    }

    public ReadOnlyMemory<byte> Prepare(ReadOnlyMemory<byte> body) => body.ToArray();

    public Task<SendResult> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        _bodies.Enqueue(body.ToArray());
        return _script.TryDequeue(out Func<Task<SendResult>>? respond) ? respond() : Otherwise(cancellationToken);
    }

    private static IEnumerable<Dictionary<string, JsonElement>> Rows(JsonElement columns)
    {
        Dictionary<string, JsonElement[]> values = columns.EnumerateObject().ToDictionary(column => column.Name, column => Values(column.Value));
        return Enumerable.Range(0, values["time"].Length)
            .Select(row => values.Where(column => column.Value[row].ValueKind != JsonValueKind.Null)
                .ToDictionary(column => column.Key, column => column.Value[row]));
    }

    private static JsonElement[] Values(JsonElement column)
    {
        if (column.ValueKind == JsonValueKind.Array)
        {
            return [.. column.EnumerateArray()];
        }

        if (column.TryGetProperty("dict", out JsonElement texts))
        {
            return [.. Values(column.GetProperty("index")).Select(index => index.ValueKind == JsonValueKind.Null ? index : texts[index.GetInt32()])];
        }

        // Packed: a bin is base64 in JSON.
        JsonProperty packed = column.EnumerateObject().Single();
        byte[] bytes = packed.Value.GetBytesFromBase64();
        return packed.Name switch
        {
            "i32" => [.. bytes.Chunk(4).Select(four => JsonSerializer.SerializeToElement(BitConverter.ToInt32(four)))],
            "i64" => [.. bytes.Chunk(8).Select(eight => JsonSerializer.SerializeToElement(BitConverter.ToInt64(eight)))],
            _ => [.. bytes.Chunk(8).Select(eight => JsonSerializer.SerializeToElement(BitConverter.ToDouble(eight)))],
        };
    }
}
