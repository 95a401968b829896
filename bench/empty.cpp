// The least a C++ program can be: what starting a process costs by itself.
int main() {}
