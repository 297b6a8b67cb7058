using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Alerting.Rules;

/// <summary>The fields of a JSON object, read strictly: a field that nobody knows, or of another type, is an error that names it.</summary>
internal sealed class JsonFields
{
    private const int MostEntries = 32;
    private const int MostTextBytes = 1_024;

    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly string _path;

    /// <param name="element">The object.</param>
    /// <param name="path">Where it stands, for errors; empty at the top.</param>
    /// <param name="known">The names of its fields.</param>
    /// <exception cref="DefinitionException">It is no object, or has other fields or one twice.</exception>
    public JsonFields(JsonElement element, string path, params ReadOnlySpan<string> known)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new DefinitionException(path.Length == 0 ? "The body must be a JSON object." : $"{path} must be an object.");
        }

        if (path.Length == 0)
        {
            RequireUnicode(element);
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                string there = string.Join(", ", known.ToArray().Select(Name));
                throw new DefinitionException($"There is no field \"{Name(property.Name)}\"; there are {there}.");
            }

            if (!_fields.TryAdd(property.Name, property.Value))
            {
                throw new DefinitionException($"{Name(property.Name)} is there twice.");
            }
        }
    }

    /// <summary>Refuses an element with a text or name that is no Unicode: bytes that are not UTF-8, or half of a pair of escapes.</summary>
    /// <exception cref="DefinitionException">There is one.</exception>
    public static void RequireUnicode(JsonElement element)
    {
        try
        {
            ReadTexts(element);
        }
        catch (InvalidOperationException)
        {
            // The parser lets them through, and throws this whenever such a text is read.
            throw new DefinitionException("A text or name is no Unicode: bytes that are not UTF-8, or half of a surrogate pair.");
        }
    }

    /// <summary>The name of a field, from the top.</summary>
    public string Name(string field) => _path.Length == 0 ? field : $"{_path}.{field}";

    /// <summary>The value of a field; null when it is absent or null.</summary>
    public JsonElement? Find(string field) => _fields.TryGetValue(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The value of a field that must be there.</summary>
    public JsonElement Require(string field) => Find(field) ?? throw new DefinitionException($"{Name(field)} is needed.");

    public string? Text(string field, int maxBytes = MostTextBytes)
    {
        if (Find(field) is not { } value)
        {
            return null;
        }

        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is null ? throw new DefinitionException($"{Name(field)} must be a text.")
            : System.Text.Encoding.UTF8.GetByteCount(text) > maxBytes
            ? throw new DefinitionException(string.Create(CultureInfo.InvariantCulture, $"{Name(field)} must have at most {maxBytes} bytes in UTF-8."))
            : text;
    }

    public string RequireText(string field) => Text(field) is { Length: > 0 } text ? text : throw new DefinitionException($"{Name(field)} is needed.");

    public bool Flag(string field, bool byDefault) => Find(field)?.ValueKind switch
    {
        null => byDefault,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new DefinitionException($"{Name(field)} must be true or false."),
    };

    public double? Number(string field)
    {
        if (Find(field) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new DefinitionException($"{Name(field)} must be a number.");
    }

    public long Whole(string field, long byDefault, long least, long most)
    {
        if (Find(field) is not { } value)
        {
            return byDefault;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw new DefinitionException(
                string.Create(CultureInfo.InvariantCulture, $"{Name(field)} must be a whole number from {least} to {most}, found {Shown(value)}."));
    }

    /// <summary>A duration of whole seconds, as text: <c>30s</c>, <c>2m</c>.</summary>
    public TimeSpan Duration(string field, TimeSpan byDefault, TimeSpan least, TimeSpan most)
    {
        if (Find(field) is not { } value)
        {
            return byDefault;
        }

        TimeSpan? duration = value.ValueKind == JsonValueKind.String ? DurationText.Parse(value.GetString()!)
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int zero) && zero == 0 ? TimeSpan.Zero : null;
        return duration >= least && duration <= most && duration.Value.Ticks % TimeSpan.TicksPerSecond == 0
            ? duration.Value
            : throw new DefinitionException(
                $"{Name(field)} must be whole seconds from {Format(least)} to {Format(most)}, like 30s, 5m or 1h, found {Shown(value)}.");
    }

    /// <summary>One of a few words, in any case.</summary>
    public T Word<T>(string field, T byDefault)
        where T : struct, Enum
    {
        if (Find(field) is not { } value)
        {
            return byDefault;
        }

        string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null && !text.Any(char.IsAsciiDigit) && Enum.TryParse(text, ignoreCase: true, out T word) && Enum.IsDefined(word)
            ? word
            : throw new DefinitionException($"{Name(field)} must be one of {string.Join(", ", Enum.GetNames<T>())}, found {Shown(value)}.");
    }

    public ImmutableArray<string> Texts(string field)
    {
        if (Find(field) is not { } value)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw new DefinitionException($"{Name(field)} must be a list of texts.");
    }

    /// <summary>A map of texts, sorted by name.</summary>
    public ImmutableSortedDictionary<string, string> Map(string field)
    {
        var empty = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (Find(field) is not { } value)
        {
            return empty;
        }

        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(entry => entry.Value.ValueKind != JsonValueKind.String))
        {
            throw new DefinitionException($"{Name(field)} must be an object of texts.");
        }

        var map = empty.ToBuilder();
        foreach (JsonProperty entry in value.EnumerateObject())
        {
            string text = entry.Value.GetString()!;
            if (entry.Name.Length == 0 || !Fits(entry.Name) || !Fits(text))
            {
                throw new DefinitionException($"{Name(field)} must have names and texts of at most {MostTextBytes} bytes in UTF-8, and no empty name.");
            }

            map[entry.Name] = text;
        }

        return map.Count <= MostEntries ? map.ToImmutable() : throw new DefinitionException($"{Name(field)} must have at most {MostEntries} entries.");
    }

    /// <summary>How a duration is written; none is 0s.</summary>
    public static string Format(TimeSpan duration) => duration == TimeSpan.Zero ? "0s" : DurationText.Format(duration);

    private static bool Fits(string text) => System.Text.Encoding.UTF8.GetByteCount(text) <= MostTextBytes;

    private static void ReadTexts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            _ = element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                ReadTexts(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                ReadTexts(property.Value);
            }
        }
    }

    private static string Shown(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 80 ? raw : raw[..80] + "…";
    }
}

/// <summary>A rule, silence or receiver that breaks a rule of its format.</summary>
/// <param name="message">A sentence for whoever wrote it, that names the field and what is allowed.</param>
public sealed class DefinitionException(string message) : Exception(message);
