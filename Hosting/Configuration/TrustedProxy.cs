using System.Net;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Proxies as an operator names them.</summary>
internal static class TrustedProxy
{
    /// <summary>The network of a text; of an address, the network that is this address alone. Null when the text is neither.</summary>
    public static IPNetwork? Find(string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out IPNetwork network) ? network : null;
    }
}
