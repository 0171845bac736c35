#include <esxvi/esxvi.hpp>

int main() { return 0; }
