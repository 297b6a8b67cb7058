namespace TimeSeries.Hosting.Description;

/// <summary>What one part of a host says of its endpoints. Registered as a service by whoever maps them, so that each host describes what it serves.</summary>
public interface IApiDescription
{
    /// <summary>The endpoints, and the schemas and security schemes that they name.</summary>
    ApiPart Describe();
}
