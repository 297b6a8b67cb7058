namespace TimeSeries.Tests.Support.Influx;

/// <summary>The points of a stand-in. A line of the same series and time unites its fields with those that are there. Not thread safe.</summary>
internal sealed class FakeDatabase
{
    private readonly Dictionary<(string Series, long Time), Dictionary<string, FieldValue>> _points = [];
    private readonly Dictionary<(string Measurement, string Field), string> _types = [];
    private readonly Dictionary<string, string> _tagSets = [];

    public int PointCount => _points.Count;

    /// <summary>The fields of every point, with series and time.</summary>
    public IReadOnlyDictionary<(string Series, long Time), Dictionary<string, FieldValue>> Points => _points;

    /// <summary>Why a point can't be stored beside what is there, or null.</summary>
    /// <param name="line">The point.</param>
    /// <param name="tagsAreFixed">A table's first point decides which tags it has, and no field may be called like one.</param>
    public string? Conflict(ParsedLine line, bool tagsAreFixed)
    {
        foreach ((string name, FieldValue value) in line.Fields)
        {
            if (_types.TryGetValue((line.Measurement, name), out string? type) && type != value.Type)
            {
                return $"field type conflict: input field \"{name}\" on measurement \"{line.Measurement}\" is type {value.Type}, already exists as type {type}";
            }
        }

        if (!tagsAreFixed)
        {
            return null;
        }

        string tags = string.Join(',', line.Tags.Keys);
        if (line.Tags.Keys.FirstOrDefault(line.Fields.ContainsKey) is { } both)
        {
            return $"'{both}' is tag and field";
        }

        return _tagSets.TryGetValue(line.Measurement, out string? known) && known != tags ? $"table has tags [{known}], not [{tags}]" : null;
    }

    public void Store(ParsedLine line, long now)
    {
        _tagSets.TryAdd(line.Measurement, string.Join(',', line.Tags.Keys));
        (string Series, long Time) place = (line.Series, line.Time ?? now);
        if (!_points.TryGetValue(place, out Dictionary<string, FieldValue>? fields))
        {
            _points[place] = fields = new(StringComparer.Ordinal);
        }

        foreach ((string name, FieldValue value) in line.Fields)
        {
            _types.TryAdd((line.Measurement, name), value.Type);

            // Taken, and never readable again.
            if (name != "time")
            {
                fields[name] = value;
            }
        }
    }
}
