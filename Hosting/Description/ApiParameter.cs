namespace TimeSeries.Hosting.Description;

/// <summary>One parameter of an operation. Immutable.</summary>
/// <param name="Name">The name.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Shape">What values it takes.</param>
public sealed record ApiParameter(string Name, ParameterPlace Place, Shape Shape)
{
    public required string Description { get; init; }

    /// <summary>Whether a request without it is refused; always so in a path.</summary>
    public bool IsRequired { get; init; } = Place == ParameterPlace.Path;

    /// <summary>An example as JSON.</summary>
    public string? Example { get; init; }
}
