using System.Text.Json;

namespace TimeSeries.Query.Families.AlertHistory;

/// <summary>What is wrong with a request's parameters, all of it. Not thread safe.</summary>
internal sealed class BadParameters
{
    private readonly OrderedDictionary<string, List<string>> _byName = new(StringComparer.Ordinal);

    public bool IsEmpty => _byName.Count == 0;

    public void Add(string name, string message)
    {
        if (!_byName.TryGetValue(name, out List<string>? messages))
        {
            _byName[name] = messages = [];
        }

        messages.Add(message);
    }

    /// <summary>Writes the member <c>errors</c>: for each parameter the sentences about it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("errors"u8);
        foreach ((string name, List<string> messages) in _byName)
        {
            json.WriteStartArray(name);
            foreach (string message in messages)
            {
                json.WriteStringValue(message);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
