namespace TimeSeries.Tests.Support.Json;

/// <summary>
/// The first faults of a JSON value, each with its place in it (<c>$.rows[1].n: …</c>). A place is only written down for what is wrong: responses have
/// millions of values.
/// </summary>
internal sealed class JsonFaults
{
    private readonly int _most;
    private readonly List<object> _place;
    private readonly List<string> _faults = [];

    /// <param name="most">After so many no more are kept.</param>
    public JsonFaults(int most)
        : this(most, [])
    {
    }

    private JsonFaults(int most, List<object> place) => (_most, _place) = (most, place);

    /// <summary>How many are kept.</summary>
    public int Count => _faults.Count;

    /// <summary>The first fault.</summary>
    public string First => _faults[0];

    /// <summary>None yet, at the same place.</summary>
    public JsonFaults Begin() => new(_most, _place);

    /// <summary>Goes into a member, by its name, or an element, by its index.</summary>
    public void Enter(object step) => _place.Add(step);

    public void Leave() => _place.RemoveAt(_place.Count - 1);

    /// <summary>Adds a fault of where it is.</summary>
    public void Add(string fault)
    {
        if (_faults.Count < _most)
        {
            _faults.Add($"${string.Concat(_place.Select(step => step is int index ? $"[{index}]" : $".{step}"))}: {fault}");
        }
    }

    /// <summary>Adds a fault of a member.</summary>
    public void Add(string member, string fault)
    {
        Enter(member);
        Add(fault);
        Leave();
    }

    /// <summary>A line each.</summary>
    public override string ToString() => string.Join('\n', _faults);
}
